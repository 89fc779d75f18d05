"""The inbox: one's own notices, newest first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from exams.access import needs
from exams.messages import actions, queries
from exams.messages.kinds import text_of, title_of

PAGE = 30


@needs("messages.inbox")
def inbox(request: HttpRequest) -> HttpResponse:
    """What the person was told, and when."""
    page = Paginator(queries.visible_to(request.actor), PAGE).get_page(request.GET.get("page"))
    rows = [{"message": one, "title": title_of(one.kind), "text": text_of(one.kind, one.params)} for one in page]
    return render(request, "exams/messages/inbox.html", {"rows": rows, "page": page, "unread": queries.unread(request.actor).count()})


@needs("messages.read")
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """All of it is read."""
    actions.mark_read(by=request.actor)
    return redirect("messages:inbox")
