"""Pages of supervision for both sides: audits, findings, rectification; for the authority its bodies and the returns."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import clock, wording
from exams.access import may, needs
from exams.agenda import OpenItem
from exams.archive.models import Bag
from exams.drawing import Row, Segment, Timeline
from exams.errors import Refused
from exams.journal import checkpoints
from exams.listing import Column, Filter, Listing
from exams.oversight import actions, queries
from exams.oversight.forms import DecideForm, FindingForm, OpenForm, OrderForm, ReasonForm, ReportForm
from exams.oversight.links import links
from exams.oversight.models import BLOCKS, LEVELS, Audit, CheckRun, Finding
from exams.oversight.registry import AUDIT_CHECKS
from exams.oversight.report import newest_runs, text_of
from exams.oversight.returns import Period, bodies_with_problems, computed
from exams.people.models import Organisation

SETTLED = ("rectified", "dropped")
VERBS = ("serve_audit", "run_checks", "add_finding", "close_audit", "terminate_audit", "print_report", "order_rectification")


@needs("oversight.see")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Audits the reader may see."""
    listing = Listing(
        queries.visible_to(request.actor).select_related("body", "event"),
        [
            Column("state", _("State"), kind="state", sort="state"),
            Column("number", _("Number"), kind="head", sort="number", link=lambda row: reverse("oversight:audit", args=[row.pk])),
            Column("body", _("Exam body"), "body.name", sort="body__name"),
            Column("kind", _("Kind"), lambda row: row.get_kind_display(), sort="kind"),
            Column("event", _("Event"), "event.number"),
            Column("opened_at", _("Opened"), kind="when", sort="opened_at"),
            Column("served_at", _("Served"), kind="when", sort="served_at"),
        ],
        search=["number", "body__name"],
        filters=[Filter("kind", _("Kind"), list(Audit.KINDS.items()))],
        default_sort="-opened_at",
        name="audits",
        title=_("Audits"),
        empty=_("No audit has been opened."),
    )
    return listing.answer(request, "exams/oversight/index.html", {"may_open": bool(may(request.actor, "oversight.open_audit"))})


@needs("oversight.open_audit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Open an audit."""
    form, refusal = OpenForm(request.actor, request.POST or None, initial={"body": request.GET.get("body")}), None
    if request.method == "POST" and form.is_valid():
        try:
            audit = actions.open_audit(by=request.actor, **form.cleaned_data)
            return redirect("oversight:audit", audit.pk)
        except Refused as caught:
            refusal = caught
    status = 409 if refusal or form.errors else 200
    return render(request, "exams/oversight/new.html", {"form": form, "refusal": refusal}, status=status)


@needs("oversight.see")
@require_safe
def audit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One audit: what blocks its closing, the three focus blocks, findings with their last days, the witness."""
    row = _audit(request, pk)
    findings = list(queries.findings_visible_to(request.actor).filter(audit=row).select_related("rectification").order_by("number"))
    allowed = {verb: bool(may(request.actor, f"oversight.{verb}", row)) for verb in VERBS}
    runs = newest_runs(row) if allowed["run_checks"] else []
    shown = _shown(findings)
    context = {
        "audit": row,
        "inspectors": queries.inspectors(row),
        "may": allowed,
        "open": _open(row) if allowed["close_audit"] and row.state not in ("closed", "terminated") else [],
        "findings": shown,
        "open_findings": [one for one in shown if one["finding"].state not in SETTLED],
        "settled": [one for one in shown if one["finding"].state in SETTLED],
        "focus": _focus(findings, runs),
        **_told(runs),
        "drawn": _deadlines(findings),
        "seen": checkpoints.latest_witnessed(),
        "head": checkpoints.latest(),
        "seals": Bag.objects.filter(event__body=row.body).count(),
        "reason": ReasonForm(),
        "finding_form": FindingForm(),
    }
    return render(request, "exams/oversight/audit.html", context)


def _told(runs: list[CheckRun]) -> dict[str, Any]:
    """The last run of each check with its title: what departs, or broke, stands in view; what found nothing folds away."""
    titled = [(run, AUDIT_CHECKS.get(run.check_id).title if run.check_id in AUDIT_CHECKS else "") for run in runs]
    return {
        "runs": runs,
        "run_at": max((run.run_at for run in runs), default=None),
        "departing": [one for one in titled if one[0].found or one[0].failed],
        "clean": [one for one in titled if not one[0].found and not one[0].failed],
    }


def _open(row: Audit) -> list[OpenItem]:
    """What the gate of closing would refuse, each with its state, its last day and its page."""
    rows = queries.waiting(row)
    items = []
    for objection in queries.closing_blockers(row):
        found = rows.get(objection.params.get("number", ""))
        late = found is not None and _late(found, clock.today())
        items.append(
            OpenItem(
                "refused" if late else "wait" if found is not None and found.state in queries.WAITING_FOR_BODY else "todo",
                objection.text(),
                why=objection.remedy_text(),
                basis=objection.basis_text(),
                who=row.body.name if found is not None and found.state in queries.WAITING_FOR_BODY else "",
                due=_end_of(found.rectification.due_on) if found else None,
                url=reverse("oversight:rectification", args=[found.rectification.pk]) if found else "",
                said=_("Overdue") if late else "",
            )
        )
    return items


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def _shown(findings: list[Finding]) -> list[dict[str, Any]]:
    """Overdue ones first, then what is undecided, then the rest; within that the serious ones first."""
    addresses, today = links(findings), clock.today()
    states, levels = (*queries.OPEN, *SETTLED), list(LEVELS)
    findings = sorted(findings, key=lambda row: (not _late(row, today), states.index(row.state), levels.index(row.level), row.number))
    return [
        {
            "finding": finding,
            "text": text_of(finding),
            "basis": wording.render(finding.basis, {}),
            "url": addresses[finding.pk],
            "late": _late(finding, today),
            "due": finding.rectification.due_on if hasattr(finding, "rectification") else None,
        }
        for finding in findings
    ]


def _late(finding: Finding, today: date) -> bool:
    return finding.state in queries.WAITING_FOR_BODY and finding.rectification.due_on < today


def _focus(findings: list[Finding], runs: list[Any]) -> list[dict[str, Any]]:
    """The three focus blocks of the notice, each with its checks and what they found."""
    rows = []
    for block, title in BLOCKS.items():
        own = [run for run in runs if run.check_id in AUDIT_CHECKS and AUDIT_CHECKS.get(run.check_id).block == block]
        kept = [finding for finding in findings if finding.block == block and finding.state != "dropped"]
        rows.append(
            {
                "title": title,
                "checks": len(own),
                "clean": sum(not run.found and not run.failed for run in own),
                "departing": sum(bool(run.found) for run in own),
                "failed": sum(bool(run.failed) for run in own),
                "findings": len(kept),
            }
        )
    return rows


def _deadlines(findings: list[Finding]) -> Timeline | None:
    ordered = [finding for finding in findings if hasattr(finding, "rectification")]
    if not ordered:
        return None
    now, today = clock.now(), clock.today()
    ends = [_end_of(finding.rectification.due_on) for finding in ordered]
    starts = [finding.rectification.ordered_at for finding in ordered]
    rows = [
        Row(finding.number, [Segment(begun, end, _fill(finding, today), finding.number)], ground="none")
        for finding, begun, end in zip(ordered, starts, ends, strict=True)
    ]
    return Timeline(_("Last days of rectification"), min([*starts, now]) - timedelta(days=1), max([*ends, now]) + timedelta(days=2), rows,
                    marks=[(now, _("Today"))], seconds=False)  # fmt: skip


def _fill(finding: Finding, today: date) -> Any:
    if finding.state == "rectified":
        return "ok"
    return "gap" if _late(finding, today) else "warn"


@needs("oversight.see")
@require_POST
def act(request: HttpRequest, pk: UUID, verb: str) -> HttpResponseBase:
    """Serve, run the checks, add a finding, close, terminate or print."""
    done = {"serve": _serve, "run": _run, "add": _add, "close": _close, "terminate": _terminate, "print": _print}
    return done[verb](request, _audit(request, pk)) or redirect("oversight:audit", pk)


def _serve(request: HttpRequest, row: Audit) -> None:
    actions.serve_audit(by=request.actor, audit=row)


def _run(request: HttpRequest, row: Audit) -> None:
    new_ones = actions.run_checks(by=request.actor, audit=row)
    messages.success(request, _("%(n)s new findings.") % {"n": len(new_ones)})


def _add(request: HttpRequest, row: Audit) -> None:
    form = FindingForm(request.POST)
    if form.is_valid():
        actions.add_finding(by=request.actor, audit=row, **form.cleaned_data)
    else:
        messages.error(request, _("A finding needs its facts and its basis."))


def _close(request: HttpRequest, row: Audit) -> None:
    actions.close_audit(by=request.actor, audit=row)


def _terminate(request: HttpRequest, row: Audit) -> None:
    actions.terminate_audit(by=request.actor, audit=row, reason=request.POST.get("reason", ""))


def _print(request: HttpRequest, row: Audit) -> HttpResponseBase:
    return redirect("documents:download", actions.print_report(by=request.actor, audit=row).pk)


@needs("oversight.see")
@require_http_methods(["GET", "POST"])
def finding(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """One finding with its facts; the authority orders rectification or drops it."""
    rows = queries.findings_visible_to(request.actor).select_related("audit__body", "rectification")
    row = get_object_or_404(rows, pk=pk)
    form, refusal = OrderForm(request.POST if request.POST.get("verb") == "order" else None), None
    try:
        if request.POST.get("verb") == "order" and form.is_valid():
            actions.order_rectification(by=request.actor, audit=row.audit, finding=row, **form.cleaned_data)
            return redirect("oversight:audit", row.audit_id)
        if request.POST.get("verb") == "drop":
            actions.drop_finding(by=request.actor, finding=row, reason=request.POST.get("reason", ""))
            return redirect("oversight:audit", row.audit_id)
    except Refused as caught:
        refusal = caught
    context = {
        **_shown([row])[0],
        "form": form,
        "reason": ReasonForm(),
        "refusal": refusal,
        "level": LEVELS[row.level],
        "may_order": row.state == "established" and bool(may(request.actor, "oversight.order_rectification", row.audit)),
    }
    return render(request, "exams/oversight/finding.html", context, status=409 if refusal or form.errors else 200)


@needs("oversight.see")
@require_http_methods(["GET", "POST"])
def rectification(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """One rectification: the body reports, the authority decides."""
    rows = queries.rectifications_visible_to(request.actor).select_related(
        "finding__audit__body", "ordered_by", "reported_by", "decided_by"
    )
    row = get_object_or_404(rows, pk=pk)
    reporting = row.finding.state in queries.WAITING_FOR_BODY and bool(may(request.actor, "oversight.report_rectification", row))
    deciding = row.finding.state == "reported" and bool(may(request.actor, "oversight.accept_rectification", row))
    form, refusal = (ReportForm(request.POST or None, request.FILES or None) if reporting else DecideForm(request.POST or None)), None
    if request.method == "POST" and form.is_valid():
        try:
            _answer(request, row, form.cleaned_data, reporting=reporting)
            return redirect("oversight:rectification", pk)
        except Refused as caught:
            refusal = caught
    context = {
        "row": row,
        "finding": row.finding,
        "text": text_of(row.finding),
        "basis": wording.render(row.finding.basis, {}),
        "form": form if reporting or deciding else None,
        "reporting": reporting,
        "refusal": refusal,
        "late": _late(row.finding, clock.today()),
    }
    return render(request, "exams/oversight/rectification.html", context, status=409 if refusal or form.errors else 200)


def _answer(request: HttpRequest, row: Any, values: dict[str, Any], *, reporting: bool) -> None:
    if reporting:
        upload = values.pop("evidence", None)
        actions.report_rectification(by=request.actor, rectification=row, evidence=upload.read() if upload else None, **values)
    elif request.POST.get("verb") == "return":
        day = values["due_on"] or clock.today()
        actions.return_rectification(by=request.actor, rectification=row, answer=values["answer"], due_on=day)
    else:
        actions.accept_rectification(by=request.actor, rectification=row, answer=values["answer"])


@needs("oversight.bodies")
@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """The exam bodies the authority supervises, each with what is open."""
    listing = Listing(
        queries.with_figures(queries.bodies_visible_to(request.actor)),
        [
            Column("name", _("Exam body"), kind="head", sort="name", link=lambda row: reverse("oversight:body", args=[row.pk])),
            Column("event_count", _("Events"), kind="number", sort="event_count"),
            Column("open_findings", _("Open findings"), kind="number", sort="open_findings"),
            Column("overdue_findings", _("Overdue"), kind="number", sort="overdue_findings"),
            Column("last_audit", _("Last audit"), kind="when", sort="last_audit"),
        ],
        search=["name"],
        default_sort="name",
        name="bodies",
        title=_("Exam bodies"),
        empty=_("No exam body is supervised by this authority."),
    )
    return listing.answer(request, "exams/oversight/bodies.html")


@needs("oversight.bodies")
@require_safe
def body(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One exam body, read only: its events with results and dossiers, and its audits."""
    row = get_object_or_404(queries.bodies_visible_to(request.actor), pk=pk)
    events = row.events.order_by("-starts_on")
    audits = queries.visible_to(request.actor).filter(body=row).order_by("-opened_at")
    sealed = dict(_counted(Bag.objects.filter(event__body=row, kind="sitting")))
    context = {"body": row, "events": [(event, sealed.get(event.pk, 0)) for event in events], "audits": audits}
    return render(request, "exams/oversight/body.html", context)


def _counted(bags: Any) -> Any:
    counts: dict[Any, int] = {}
    for event_id in bags.values_list("event_id", flat=True):
        counts[event_id] = counts.get(event_id, 0) + 1
    return counts


@needs("oversight.returns")
@require_safe
def returns(request: HttpRequest) -> HttpResponse:
    """What the system can compute of annex 2, with the rows behind each figure."""
    today = clock.today()
    authority = get_object_or_404(Organisation, pk=request.actor.organisation_id)
    period = Period(authority, date(today.year, 1, 1), today)
    listed = [(body, [(finding, text_of(finding)) for finding in found]) for body, found in bodies_with_problems(period)]
    figures = [(entry.label, figure) for entry, figure in computed(period)]
    return render(request, "exams/oversight/returns.html", {"period": period, "figures": figures, "listed": listed})


def _audit(request: HttpRequest, pk: UUID) -> Audit:
    return get_object_or_404(queries.visible_to(request.actor).select_related("body", "event", "authority"), pk=pk)
