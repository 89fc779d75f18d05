"""What is handed to the applicant and filed: the acceptance, correction and non-acceptance letters, and the review sheet."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import translation
from django.utils.translation import gettext as _

from exams import spelling
from exams.applications import gates, submission
from exams.applications.models import MATERIALS, Application, Verification
from exams.printing import Paper

OFFICIAL = "zh-hans"


def _paper(application: Application, title: str) -> Paper:
    example = bool(application.edition and application.edition.is_example)
    return Paper(title, number=application.number, body=application.body.name, language=OFFICIAL, example=example)


def _whose(paper: Paper, application: Application) -> None:
    paper.pairs(
        [
            (_("Applicant"), application.person.name),
            (_("Identity number"), spelling.masked(application.person.id_number)),
            (_("Item"), str(application.item.qualification)),
            (_("Category"), str(application.get_category_display())),
            (_("Employer"), application.employer.name if application.employer else _("none")),
            (_("Submitted at"), spelling.when(application.submitted_at)),
        ],
        label=28,
    )


def _end(paper: Paper, application: Application) -> None:
    """Stamp and date by the body, receipt by the applicant; both by hand."""
    paper.space(10)
    paper.text(application.body.name, align="right")
    paper.text(_("(stamp) date:"), align="right")
    paper.space(6)
    paper.signatures([_("Received by (signature, date):")])


def acceptance(application: Application) -> bytes:
    """The dated receipt of acceptance."""
    with translation.override(OFFICIAL):
        paper = _paper(application, _("Acceptance letter"))
        paper.title(under=application.number)
        _whose(paper, application)
        paper.space(4)
        if application.accepted_by_lapse:
            text = _(
                "No correction was asked for by %(date)s. "
                "By Art. 32 of the Administrative Licensing Law the application counts as accepted."
            )
            paper.text(text % {"date": spelling.day(application.accept_by)})
        else:
            text = _("Your application was checked on %(date)s; the material is complete and in the prescribed form. It is accepted.")
            paper.text(text % {"date": spelling.day(application.accepted_at)})
        paper.heading(_("Material handed in"))
        paper.items(material_names(application))
        _end(paper, application)
        return paper.render()


def correction(application: Application) -> bytes:
    """Told once, everything that is missing."""
    with translation.override(OFFICIAL):
        paper = _paper(application, _("Correction letter"))
        paper.title(under=application.number)
        _whose(paper, application)
        paper.space(4)
        paper.text(_("By Art. 32 of the Administrative Licensing Law we tell you, once, everything that has to be added or corrected:"))
        missing = application.correction.missing
        paper.items([str(MATERIALS[entry]) if entry in MATERIALS else entry for entry in missing])
        paper.text(_("Told on %(date)s. You will not be asked again.") % {"date": spelling.day(application.correction.asked_at)})
        _end(paper, application)
        return paper.render()


def non_acceptance(application: Application) -> bytes:
    """Why the application is not accepted, and what can be done about it."""
    with translation.override(OFFICIAL):
        paper = _paper(application, _("Non-acceptance letter"))
        paper.title(under=application.number)
        _whose(paper, application)
        paper.space(4)
        paper.text(_("Your application is not accepted. Reason:"))
        paper.text(application.reason)
        paper.heading(_("Remedies"))
        paper.text(
            _(
                "You may apply for administrative reconsideration within 60 days of receiving this letter, "
                "or bring an administrative action within six months."
            )
        )
        _end(paper, application)
        return paper.render()


def review_sheet(application: Application) -> bytes:
    """The check from beginning to end, with the rule version by which it was judged (R-04)."""
    with translation.override(OFFICIAL):
        paper = _paper(application, _("Review sheet of the application"))
        paper.title(under=application.number)
        _whose(paper, application)
        paper.pairs([(_("Rule version applied"), _edition(application))], columns=1, label=40)
        paper.heading(_("Eligibility"))
        findings = submission.findings_of(application)
        heads = [_("Condition"), _("Required"), _("Stated"), _("Finding"), _("Source")]
        rows = [
            [row.label_text, "\n".join(row.required_texts), row.found_text, _("Met") if row.met else _("Not met"), _(row.source)]
            for row in findings
        ]
        paper.table(heads, rows, [2, 3, 3, 1.4, 3])
        paper.heading(_("Verification of material"))
        records = Verification.objects.filter(application=application).select_related("officer")
        looked = [
            [
                _(gates.KIND_LABELS[row.kind]),
                str(row.get_round_display()),
                row.officer.name,
                str(row.get_outcome_display()),
                spelling.when(row.queried_at),
                row.report_number or "—",
            ]
            for row in records
        ]
        heads = [_("What was looked at"), _("Round"), _("Verifier"), _("Outcome of the verification"), _("Queried at"), _("Report number")]
        paper.table(heads, looked, [2, 1.6, 1.6, 1.6, 3, 2])
        paper.pairs([(_("State"), _state(application)), (_("Reason"), application.reason or _("none"))], columns=1, label=40)
        paper.signatures([_("Verifier:"), _("Verifier:"), _("Application approver:")])
        return paper.render()


def _edition(application: Application) -> str:
    edition = application.edition
    return f"{edition.qualification.regulation} · {edition.version} · {spelling.day(edition.effective_from)}" if edition else _("none")


def _state(application: Application) -> str:
    from_ = application.decided_at or application.accepted_at
    return f"{gates.state_label(application)} {spelling.when(from_) if from_ else ''}".strip()


def material_names(application: Application) -> list[str]:
    """What counts of the material, by name."""
    return [str(row.get_kind_display()) for row in application.materials.filter(replaced_at=None)]


LETTERS: dict[str, tuple[Callable[[Application], bytes], Callable[[Application], bool]]] = {
    "acceptance": (acceptance, lambda application: application.accepted_at is not None),
    "correction": (correction, lambda application: hasattr(application, "correction")),
    "non-acceptance": (non_acceptance, lambda application: application.state == "not_accepted"),
    "review-sheet": (review_sheet, lambda application: application.submitted_at is not None),
}
# What the applicant may have; the review sheet is for the file.
FOR_APPLICANT = ("acceptance", "correction", "non-acceptance")


def available(application: Application) -> list[str]:
    """Which papers there are for an application at present."""
    return [name for name, (_make, ready) in LETTERS.items() if ready(application)]
