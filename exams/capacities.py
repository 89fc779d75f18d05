"""The closed list of capacities: what a person can be appointed to act as, and which two exclude one another."""

from __future__ import annotations

from dataclasses import dataclass

from exams.verdicts import gettext_noop as _

AUTHORITY, BODY, EMPLOYER, TRAINING = "issuing_authority", "exam_body", "employer", "training_body"


@dataclass(frozen=True)
class Capacity:
    """One capacity: its id, its title (English msgid), where it exists and what it is for."""

    id: str
    title: str
    organisation_kinds: tuple[str, ...]
    doc: str
    group: str = "business"


def _list(*rows: Capacity) -> dict[str, Capacity]:
    return {row.id: row for row in rows}


CAPACITIES: dict[str, Capacity] = _list(
    Capacity("head_of_body", _("Head of exam body"), (BODY,), _("Answers for the body, appoints its staff.")),
    Capacity("exam_clerk", _("Exam clerk"), (BODY,), _("Plans, registers, arranges, publishes.")),
    Capacity("verifier", _("Verifier"), (BODY,), _("Verifies application material; two different ones for each.")),
    Capacity("application_approver", _("Application approver"), (BODY,), _("Decides on an application after the verifiers.")),
    Capacity("setter", _("Setter"), (BODY,), _("Writes questions."), "paper"),
    Capacity("reviewer", _("Reviewer"), (BODY,), _("Reviews questions written by others."), "paper"),
    Capacity("question_approver", _("Question approver"), (BODY,), _("Releases a question into the bank."), "paper"),
    Capacity("assembler", _("Assembler"), (BODY,), _("Assembles the paper from a blueprint."), "paper"),
    Capacity("paper_approver", _("Paper approver"), (BODY,), _("Approves the assembled paper."), "paper"),
    Capacity("custodian", _("Custodian"), (BODY,), _("Keeps papers; two open them together."), "custody"),
    Capacity("chief", _("Chief"), (BODY,), _("Responsible for a venue on the day."), "room"),
    Capacity("invigilator", _("Invigilator"), (BODY,), _("Guards a room; does not evaluate."), "room"),
    Capacity("roving_invigilator", _("Roving invigilator"), (BODY,), _("Watches several rooms from outside."), "room"),
    Capacity("video_monitor", _("Video monitor"), (BODY,), _("Watches the camera wall during a sitting."), "room"),
    Capacity("assessor", _("Assessor"), (BODY,), _("Conducts and scores practical or oral tests."), "marking"),
    Capacity("identity_officer", _("Identity officer"), (BODY,), _("Checks document, ticket and photo at admission."), "room"),
    Capacity("technician", _("Technician"), (BODY,), _("Computers, network, cameras."), "room"),
    Capacity("marker", _("Marker"), (BODY,), _("Marks answers without seeing names."), "marking"),
    Capacity("score_clerk", _("Score clerk"), (BODY,), _("Records totals."), "marking"),
    Capacity("score_checker", _("Score checker"), (BODY,), _("Second person who checks recording and adding."), "marking"),
    Capacity("score_approver", _("Score approver"), (BODY,), _("Releases scores for publication."), "marking"),
    Capacity("archivist", _("Archivist"), (BODY,), _("Files, seals, lends, proposes disposal.")),
    Capacity("authority_officer", _("Authority officer"), (AUTHORITY,), _("Acts for the authority inside the system."), "authority"),
    Capacity("oversight_inspector", _("Oversight inspector"), (AUTHORITY,), _("Carries out an audit; at least two."), "authority"),
    Capacity("system_administrator", _("System administrator"), (BODY, AUTHORITY), _("Accounts and configuration; no business data."), "administration"),
    Capacity("security_administrator", _("Security administrator"), (BODY, AUTHORITY), _("Roles, policies, unlocking."), "administration"),
    Capacity("audit_administrator", _("Audit administrator"), (BODY, AUTHORITY), _("Reads the journal, changes nothing."), "administration"),
    Capacity("employer_clerk", _("Employer clerk"), (EMPLOYER,), _("Registers the employer’s candidates and confirms their material."), "outside"),
    Capacity("training_manager", _("Training manager"), (TRAINING,), _("Reports the training body’s courses, trainers and trainees."), "outside"),
)

# Not appointed: a person for his own matters, and the system itself (ticks, the first installation).
PSEUDO = {"candidate": _("Candidate"), "system": _("System")}

STAFF = frozenset(CAPACITIES)

_THREE_ADMINISTRATORS = "GB/T 22239-2019 8.1.4.2"
_SEPARATION = _("Notice 2024 No. 34, I (3)")
_ROLE_CONFLICT = _("GB/T 22239-2019 8.1.4.2; notice 2024 No. 34, I (3)")


def _pairs(first: tuple[str, ...], second: tuple[str, ...], basis: str) -> dict[frozenset[str], str]:
    return {frozenset((a, b)): basis for a in first for b in second if a != b}


_ADMINISTRATORS = ("system_administrator", "security_administrator", "audit_administrator")
_AUTHORITY = ("authority_officer", "oversight_inspector")
_BUSINESS = tuple(id for id, row in CAPACITIES.items() if row.group != "administration")
_OF_BODY = tuple(id for id, row in CAPACITIES.items() if BODY in row.organisation_kinds)

# One person may not hold both; the basis stands beside the pair. Symmetric.
EXCLUSIONS: dict[frozenset[str], str] = {
    **_pairs(_ADMINISTRATORS, _ADMINISTRATORS, _THREE_ADMINISTRATORS),
    **_pairs(_ADMINISTRATORS, _BUSINESS, _THREE_ADMINISTRATORS),
    **_pairs(_AUTHORITY, _OF_BODY, _ROLE_CONFLICT),
    **_pairs(_AUTHORITY, ("employer_clerk", "training_manager"), _ROLE_CONFLICT),
    **_pairs(("training_manager",), _OF_BODY, _SEPARATION),
    **_pairs(("setter",), ("reviewer", "question_approver", "assembler", "paper_approver", "custodian", "marker"), _ROLE_CONFLICT),
    **_pairs(("reviewer",), ("question_approver", "verifier", "custodian"), _ROLE_CONFLICT),
    **_pairs(("assembler",), ("paper_approver", "custodian"), _ROLE_CONFLICT),
    **_pairs(("score_clerk",), ("score_checker", "score_approver"), _ROLE_CONFLICT),
    **_pairs(("score_checker",), ("score_approver",), _ROLE_CONFLICT),
}


def excludes(first: str, second: str) -> str | None:
    """The basis on which one person may not hold both capacities, or None."""
    return EXCLUSIONS.get(frozenset((first, second)))


def title(capacity: str) -> str:
    """The English msgid of a capacity's title; an unknown one shows as itself."""
    row = CAPACITIES.get(capacity)
    return row.title if row else PSEUDO.get(capacity, capacity)
