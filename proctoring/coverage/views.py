"""Pages of video coverage: which sittings, one sitting's seats by time, and the explanation of a gap."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from exams.access import may, needs
from exams.errors import Refused
from exams.lifecycle import label
from exams.listing import Column, Filter, Listing
from exams.sittings.models import Sitting
from proctoring.coverage import actions, drawings, queries
from proctoring.coverage.forms import ExplainForm


@needs("proctoring.see_coverage")
def sittings(request: HttpRequest) -> HttpResponse:
    """Sittings whose coverage one may look at."""
    listing = Listing(
        queries.visible_to(request.actor).exclude(state__in=("planned", "cancelled")),
        columns=[
            Column("starts_at", _("Time"), kind="when", sort="starts_at"),
            Column("room", _("Room"), kind="head", value=lambda one: f"{one.room.venue} · {one.room}", sort="room__name",
                   link=lambda one: reverse("coverage:sitting", args=[one.pk])),
            Column("slot", _("Subject"), value=lambda one: f"{one.slot.item.qualification.code} {one.slot.subject_name}"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        search=["room__name", "slot__venue__name", "slot__item__qualification__code"],
        filters=[Filter("state", _("State"), choices=[(one, label(Sitting, one)) for one in ("published", "open", "closed", "sealed")])],
        default_sort="-starts_at", name="coverage", title=_("Video coverage"), empty=_("No sitting yet whose video could be looked at."),
    )  # fmt: skip
    return listing.answer(request, "proctoring/coverage/list.html", {"may_footage": bool(may(request.actor, "proctoring.see_footage"))})


@needs("proctoring.see_coverage")
def sitting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The coverage of one sitting: figures, drawings, gaps."""
    sitting = get_object_or_404(queries.visible_to(request.actor), pk=pk)
    report = queries.report(sitting)
    longest, seats = report.coverage.longest_gap()
    context = {
        "sitting": sitting,
        "report": report,
        "cameras": drawings.cameras(report),
        "seats": drawings.seats(report),
        "gaps": [{"row": gap, "why": drawings.said(gap.reasons)} for gap in report.gaps],
        "figures": _figures(report),
        "longest": -(-longest // 1000),
        "longest_seats": ", ".join(seats),
        "window": tuple(queries.moment(at) for at in report.coverage.window),
        "may_explain": bool(may(request.actor, "proctoring.explain_gap", sitting)),
    }
    return render(request, "proctoring/coverage/sitting.html", context)


def _figures(report: queries.Report) -> dict[str, int]:
    """Milliseconds for the shares, seconds for the eye: covered is cut off, what is missing rounded up."""
    whole = report.coverage.all_ms
    ok, gap, doubt = (report.coverage.total(verdict) for verdict in ("ok", "gap", "doubt"))
    return {
        "all_ms": whole, "ok_ms": ok, "gap_ms": gap, "doubt_ms": doubt,
        "ok": ok // 1000, "gap": -(-gap // 1000), "doubt": -(-doubt // 1000), "seats": len(report.seen),
        "seconds": (report.coverage.window[1] - report.coverage.window[0]) // 1000, "spare": report.spare,
    }  # fmt: skip


@needs("proctoring.see_coverage")
@require_safe
def faults(request: HttpRequest, pk: UUID) -> JsonResponse:
    """The faults of a sitting for another platform, with its codes where they are known."""
    sitting = get_object_or_404(queries.visible_to(request.actor), pk=pk)
    response = JsonResponse({"sitting": str(sitting.pk), "room": str(sitting.room), "faults": queries.faults_for_others(sitting)})
    response["Content-Disposition"] = f'attachment; filename="faults-{sitting.pk}.json"'
    return response


@needs("proctoring.see_coverage")
def explain(request: HttpRequest, pk: UUID, camera: UUID, since: int, until: int) -> HttpResponse:
    """Explain one gap, or read what was written about it."""
    sitting = get_object_or_404(queries.visible_to(request.actor), pk=pk)
    seen = get_object_or_404(sitting.room.cameras, pk=camera)
    gap = next((one for one in queries.report(sitting).gaps if (one.camera.pk, one.start, one.end) == (camera, since, until)), None)
    form = ExplainForm(request.POST or None)
    context = {"sitting": sitting, "camera": seen, "gap": gap, "form": form, "since": queries.moment(since), "until": queries.moment(until)}
    context["why"] = drawings.said(gap.reasons) if gap else ""
    context["may_explain"] = bool(may(request.actor, "proctoring.explain_gap", sitting))
    if request.method == "POST" and form.is_valid():
        try:
            actions.explain_gap(by=request.actor, sitting=sitting, camera=seen, since=since, until=until, **form.cleaned_data)
        except Refused as refusal:
            return render(request, "proctoring/coverage/explain.html", {**context, "refusal": refusal}, status=409)
        messages.success(request, _("The explanation is on record. The coverage stays as it is."))
        return redirect("coverage:sitting", pk=pk)
    return render(request, "proctoring/coverage/explain.html", context)
