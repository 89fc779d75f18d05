"""When a paper may be opened and by whom, which windows are lawful, and when a bag may be handed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

TRIES, TRIES_MINUTES = 5, 15
_TWO = "R-29, R-33"
_DAY = "R-30"


@dataclass(frozen=True)
class Slot:
    """When a paper is sat, with the legal date at the place."""

    starts_at: datetime
    ends_at: datetime
    day: date


@dataclass(frozen=True)
class Moment:
    """An attempt to open: when, by whom, and how the paper stands."""

    now: datetime
    person: str
    state: str
    opens_at: datetime
    closes_at: datetime
    custodians: frozenset[str]
    approved: tuple[str, ...]
    needs_request: bool = False
    granted: bool = False


def window(opens_at: datetime, opens_on: date, closes_at: datetime, slots: Sequence[Slot]) -> list[Objection]:
    """Why a window is not lawful: not before the exam day, not after the start, not open beyond the end."""
    found = []
    if opens_at >= closes_at:
        found.append(_window(_("The window ends before it begins.")))
    if slots and opens_on < min(slot.day for slot in slots):
        found.append(_window(_("A paper may not be opened before the day of its examination.")))
    if slots and opens_at >= min(slot.starts_at for slot in slots):
        found.append(_window(_("The window begins only after the examination has begun.")))
    if slots and closes_at > max(slot.ends_at for slot in slots):
        found.append(_window(_("The window stays open after the examination has ended.")))
    return found


def opening(moment: Moment) -> list[Objection]:
    """Why this person may not approve the opening now."""
    found = []
    if moment.state not in ("assigned", "spare_kept"):
        found.append(
            Objection(
                "papers.not_sealed", _("The paper is not sealed and waiting, or it is already open."), {}, _TWO, _("Look at its record.")
            )
        )
    if not moment.opens_at <= moment.now < moment.closes_at:
        found.append(
            Objection(
                "papers.outside_window",
                _("The paper can be opened only from %(opens)s to %(closes)s, and not by one person alone. The attempt is recorded."),
                {"opens": moment.opens_at, "closes": moment.closes_at},
                _DAY,
                _("Come back inside the window with the second custodian."),
            )
        )
    if moment.person not in moment.custodians:
        found.append(
            Objection(
                "papers.no_envelope", _("No envelope of this paper is addressed to you."), {}, _TWO, _("Call a custodian of the paper.")
            )
        )
    if moment.person in moment.approved:
        found.append(
            Objection(
                "papers.same_custodian",
                _("You approved already; the second approval must come from another custodian."),
                {},
                _TWO,
                _("Call the second custodian."),
            )
        )
    if moment.needs_request and not moment.granted:
        found.append(
            Objection(
                "papers.spare_not_requested",
                _("The spare paper stays sealed until its use is requested and granted."),
                {},
                "R-27",
                _("The chief requests it; the head of the exam body decides."),
            )
        )
    return found


def hand_over(parties: Sequence[str], seal: str, last_seal: str | None, undecided: bool) -> list[Objection]:
    """Why a bag may not be handed on: the same person twice, or an odd seal that nobody decided on."""
    found = []
    if len(set(parties)) != len(parties):
        found.append(
            Objection(
                "papers.three_parties",
                _("Giver, receiver and supervisor must be three different persons."),
                {},
                "R-32",
                _("Name another person."),
            )
        )
    if undecided:
        found.append(
            Objection(
                "papers.bag_stopped",
                _("The bag is stopped: its seal was found broken or replaced (seal number %(seal)s)."),
                {"seal": last_seal or "–"},
                "R-32",
                _("The chief decides; until then the bag stays where it is."),
            )
        )
    return found


def odd_seal(seal: str, state: str, last_seal: str | None) -> bool:
    """Whether the seal as found stops the bag after this hand-over."""
    return state != "intact" or (last_seal is not None and seal != last_seal)


def _window(message: str) -> Objection:
    return Objection("papers.window", message, {}, _DAY, _("Correct the window."))
