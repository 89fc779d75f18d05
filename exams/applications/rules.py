"""Pure decisions about an application: what must be handed in, when it counts as accepted, what two verifications say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from exams import workdays
from exams.verdicts import gettext_noop as _
from exams.workdays import Calendar

# Administrative Licensing Law, Art. 32: told once of everything missing within five days, otherwise it counts as accepted.
ACCEPT_NOTICE_DAYS = 5
LICENSING_32 = _("Administrative Licensing Law, Art. 32")
LICENSING_34 = _("Administrative Licensing Law, Art. 34")
LICENSING_78 = _("Administrative Licensing Law, Arts. 78 and 79")
NOTICE_I_4 = _("Notice 2024 No. 34, I (4)")
ONE_EMPLOYER = _("Special Equipment Safety Law, Art. 51")

RENEWAL = ("renewal", "renewal_retake")

# Which ways of verifying fit which material; the words stand in the glossary (4.3).
METHODS: Mapping[str, Mapping[str, str]] = {
    "education": {
        "chsi_filing_form": _("CHSI: online filing form of the certificate"),
        "chsi_query": _("CHSI: query by certificate number and name"),
        "chsi_certification": _("CHSI: certification report"),
        "cscse": _("Certification of a foreign degree (CSCSE)"),
        "school_confirmation": _("Confirmation by the school or the education authority"),
        "other": _("Other effective way"),
    },
    "title": {
        "title_original": _("Original against the original review form"),
        "title_approval": _("Approval document of the title office"),
        "title_platform": _("Platform of the human-resources department"),
        "other": _("Other effective way"),
    },
    "performance": {
        "performance": _("Reports compared with the form"),
        "work_evidence": _("Work evidence in post"),
        "other": _("Other effective way"),
    },
    "public_platform": {"sepp": _("National public information query platform"), "other": _("Other effective way")},
    "social_insurance": {"social_insurance": _("Social-insurance record"), "other": _("Other effective way")},
}
# These ways leave a number by which anybody can look again.
NUMBERED = ("chsi_filing_form", "chsi_query", "chsi_certification", "cscse", "title_approval", "sepp")


def mandatory_materials(title_claimed: bool) -> list[str]:
    """What the employer confirms and stamps for every application."""
    return ["education", "title", "performance"] if title_claimed else ["education", "performance"]


def kinds_to_verify(category: str, title_claimed: bool) -> list[str]:
    """What two officers look at before the admission check."""
    kinds = mandatory_materials(title_claimed)
    return [*kinds, "public_platform"] if category in RENEWAL else kinds


def accept_by(received: date, calendar: Calendar) -> date:
    """The last day on which a correction may be asked; the day after it the application counts as accepted."""
    return workdays.add(received, ACCEPT_NOTICE_DAYS, calendar)


def period_over(last_day: date, today: date) -> bool:
    """Whether the period has run out; its last day is still inside."""
    return today > last_day


@dataclass(frozen=True)
class Seen:
    """One verification as far as the decision needs it."""

    round: int
    officer: str
    outcome: str


def standing(seen: Iterable[Seen]) -> str:
    """Where the verification of one kind stands: to_do, first_done, second_done, differing or settled."""
    rounds = {one.round: one for one in seen}
    if 3 in rounds:
        return "settled"
    if 2 in rounds:
        return "second_done" if rounds[1].outcome == rounds[2].outcome else "differing"
    return "first_done" if 1 in rounds else "to_do"


STANDING_LABELS = {
    "to_do": _("To be verified"),
    "first_done": _("First verification done"),
    "second_done": _("Second verification done"),
    "differing": _("Outcomes differ"),
    "settled": _("Settled by a third officer"),
}
STANDING_TONES = {"to_do": "warn", "first_done": "wait", "second_done": "ok", "differing": "danger", "settled": "ok"}


def outcome(seen: Iterable[Seen]) -> str:
    """What the verification of one kind came to; empty while it is open."""
    rows = sorted(seen, key=lambda one: one.round)
    return rows[-1].outcome if standing(rows) in ("second_done", "settled") else ""
