"""What the screen at the door says: one large answer, in words a tired officer understands from two metres."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from exams import spelling
from exams.conduct import queries
from exams.conduct.actions.door import closing_time
from exams.conduct.models import CheckIn
from exams.errors import Refused
from exams.sittings.models import Place, Sitting
from exams.sittings.photos import photo_of
from exams.verdicts import Objection

TONES = {"present": "ok", "hold": "warn", "mismatch": "danger", "late": "danger", "absent": "danger"}


@dataclass
class Shown:
    """One answer on the screen."""

    tone: str
    verdict: str
    place: Place | None = None
    why: str = ""
    remedy: str = ""
    basis: str = ""
    answer: CheckIn | None = None
    found: list[Place] = field(default_factory=list)
    here: bool = True
    ask: bool = False


def of_answer(answer: CheckIn) -> Shown:
    """After something was decided."""
    verdicts = {
        "present": _("Admitted"),
        "hold": _("Check by eye"),
        "mismatch": _("Document and person differ"),
        "late": _("Not admitted"),
        "absent": _("Absent"),
    }
    words = {
        "present": _("Compare document, ticket and photo once more."),
        "hold": _("This is no refusal. Look at document and person, then decide."),
        "mismatch": _("An incident is open. The seat stays empty until the chief decides."),
    }
    shown = Shown(TONES[answer.outcome], verdicts[answer.outcome], answer.place, words.get(answer.outcome, ""), answer=answer)
    shown.ask = answer.outcome in ("hold", "mismatch")
    return shown


def of_refusal(refusal: Refused, place: Place | None, sitting: Sitting) -> Shown:
    """Why somebody may not be admitted, and what to do now."""
    first: Objection = refusal.objections[0]
    verdict = _("Already admitted") if first.id == "door.already" else _("Not admitted")
    tone = "warn" if first.id == "door.already" else "danger"
    shown = Shown(tone, verdict, place, first.text(named=True), first.remedy_text(), first.basis_text())
    shown.here = place is None or place.sitting_id == sitting.pk
    return shown


def of_search(found: list[Place], sitting: Sitting) -> Shown:
    """What a name, pinyin or number found: one place to decide about, or a list to choose from."""
    if not found:
        return Shown(
            "warn",
            _("Nobody found"),
            why=_("No candidate of this slot fits."),
            remedy=_("Try the ticket number or another part of the name."),
        )
    if len(found) > 1:
        return Shown("off", _("Which one?"), found=found)
    place = found[0]
    answer = queries.answer_of(place)
    if answer:
        return of_answer(answer)
    if place.sitting_id != sitting.pk:
        return Shown(
            "danger", _("Another room"), place, why=_("Expected in room %(room)s.") % {"room": place.sitting.room.name}, here=False
        )
    return Shown("off", _("Admit?"), place, why=_("Compare document, ticket and photo."))


def context(sitting: Sitting, shown: Shown | None = None) -> dict[str, Any]:
    """Everything the screen shows besides the answer."""
    places, closes = queries.places_with_answers(sitting), closing_time(sitting)
    return {
        "sitting": sitting,
        "shown": shown,
        "counts": queries.counts(places),
        "places": places,
        "photo": shown is not None and shown.place is not None and shown.here and photo_of(shown.place) is not None,
        "last": queries.last_answers(sitting),
        "closes": closes,
        "closes_text": spelling.hour(closes),
    }
