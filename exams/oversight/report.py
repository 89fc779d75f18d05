"""The inspection record as a printed form: parties, what was checked, findings with their basis, rectification, signatures."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from exams import spelling, wording
from exams.oversight import queries
from exams.oversight.models import BLOCKS, LEVELS, Audit, CheckRun, Finding
from exams.oversight.registry import AUDIT_CHECKS
from exams.printing.paper import Paper


def render(audit: Audit) -> bytes:
    """The record as PDF, in the reader's language."""
    paper = Paper(_("Inspection record"), number=audit.number, body=audit.authority.name)
    paper.title(under=f"{_('Number')} {audit.number}")
    _parties(paper, audit)
    _checked(paper, audit)
    _findings(paper, audit)
    paper.heading(_("Opinion of the body inspected"))
    paper.space(18)
    paper.signatures([_("Inspector"), _("Inspector"), _("Responsible person of the body"), _("Date")])
    paper.note(_("If the body refuses to sign, this is noted here with the evidence and the name of a witness."))
    return paper.render()


def newest_runs(audit: Audit) -> list[CheckRun]:
    """The last run of each check, in the order of their ids."""
    newest: dict[str, CheckRun] = {}
    for run in audit.runs.order_by("run_at"):
        newest[run.check_id] = run
    return [newest[id] for id in sorted(newest)]


def text_of(finding: Finding) -> str:
    """The sentence of a finding in the reader's language."""
    return wording.render(finding.message, finding.params)


def _parties(paper: Paper, audit: Audit) -> None:
    inspectors = [row.person.name for row in queries.inspectors(audit)]
    events = [event.number for event in queries.scope_of(audit).events]
    paper.pairs(
        [
            (_("Exam body"), audit.body.name),
            (_("Kind of audit"), str(audit.get_kind_display())),
            (_("Served"), spelling.when(audit.served_at) if audit.served_at else "—"),
            (_("Inspectors"), _(", ").join(inspectors)),
            (_("Events covered"), _(", ").join(events) or "—"),
            (_("Basis"), _("Notice 2024 No. 34, I (3); Order 57 (2022) as a model of procedure")),
        ]
    )


def _checked(paper: Paper, audit: Audit) -> None:
    paper.heading(_("Automatic checks"))
    rows = [
        [run.check_id, str(AUDIT_CHECKS.get(run.check_id).title) if run.check_id in AUDIT_CHECKS else "", run.failed or str(run.found)]
        for run in newest_runs(audit)
    ]
    paper.table([_("Check"), _("What is checked"), _("Departures")], rows, [3, 7, 2], ["left", "left", "right"])


def _findings(paper: Paper, audit: Audit) -> None:
    findings = list(audit.findings.exclude(state="dropped").select_related("rectification"))
    counts = Counter(finding.block for finding in findings)
    paper.heading(_("Findings"))
    paper.text(" · ".join(f"{title}: {counts[block]}" for block, title in BLOCKS.items()))
    rows = [[row.number, str(LEVELS[row.level]), text_of(row), wording.render(row.basis, {}), _due(row)] for row in findings]
    head = [_("No."), _("Level"), _("Problem found"), _("Basis"), _("Rectify by")]
    paper.table(head, rows or [["—", "", _("No departure was found."), "", ""]], [1.2, 1.6, 6, 4, 2.4])


def _due(finding: Finding) -> str:
    return spelling.day(finding.rectification.due_on) if hasattr(finding, "rectification") else "—"
