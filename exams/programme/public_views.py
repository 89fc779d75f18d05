"""The pages anybody may read: published notices."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from exams.access import public
from exams.bodies import queries as bodies
from exams.programme import pages, queries
from exams.programme.models import NoticeCorrection


@public
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """All notices that are published, the next event first."""
    events = queries.with_items(queries.published()).order_by("-starts_on", "number")[:200]
    rows = [{"event": event, "items": pages.items_of(event)} for event in events]
    return render(request, "exams/programme/notices.html", {"rows": rows})


@public
@require_safe
def notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One notice with every field the law asks for, ready to be printed."""
    corrections = Prefetch("corrections", NoticeCorrection.objects.order_by("published_at"))
    event = get_object_or_404(queries.with_items(queries.published()).prefetch_related(corrections), pk=pk)
    context = {
        "event": event,
        "items": pages.notice_items(event),
        "categories": pages.categories(event),
        "entrustment": bodies.entrustment_on(event.body, event.starts_on),
        "example": event.example,
    }
    return render(request, "exams/programme/notice.html", context)
