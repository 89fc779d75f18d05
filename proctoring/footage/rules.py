"""What is decided about footage, on plain facts: which stretches are drawn, when it may go, what a request may come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exams.sittings.chance import Stream
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

LOOK = timedelta(minutes=10)
AROUND = timedelta(minutes=2)
PERIOD_SOURCE = _("Regulation on public-safety video (2025), Art. 17; Personal information law, Art. 19")
DISPOSAL_BASIS = _("Requirement R-75; regulation on public-safety video (2025), Art. 17")
REQUEST_BASIS = _("Requirement R-77; regulation on public-safety video (2025), Arts. 21 and 22")


@dataclass(frozen=True)
class Stretch:
    """What is to be looked at of one sitting."""

    sitting: str
    why: str
    since: datetime
    until: datetime


def stretches(
    pool: Mapping[str, tuple[datetime, datetime]], incidents: Iterable[tuple[str, datetime, datetime]], percent: int, seed: str, side: str
) -> list[Stretch]:
    """At least the share of the sittings (one at least), each for ten minutes at a drawn moment, and around every incident."""
    stream = Stream(seed, f"footage {side}")
    number = -(-len(pool) * percent // 100)
    found = []
    for sitting in stream.shuffled(sorted(pool))[: max(1, number) if pool else 0]:
        start, end = pool[sitting]
        room = max(1, int((end - start - LOOK).total_seconds()) + 1)
        since = start + timedelta(seconds=stream.below(room))
        found.append(Stretch(sitting, "drawn", since, min(end, since + LOOK)))
    found += [Stretch(sitting, "incident", since - AROUND, until + AROUND) for sitting, since, until in incidents]
    return sorted(found, key=lambda one: (one.sitting, one.since, one.why))


def against_disposal(kept_until: date | None, today: date, holds: Sequence[str]) -> list[Objection]:
    """Why footage may not go: no confirmed period, the period not over, somebody or something holds it."""
    found = []
    if kept_until is None:
        found.append(
            Objection(
                "footage.no_period",
                _("No confirmed period says how long this footage is kept."),
                basis=PERIOD_SOURCE,
                remedy=_("Enter the period with its source and have a second person confirm it."),
            )
        )
    elif today <= kept_until:
        found.append(
            Objection(
                "footage.too_early",
                _("This footage is kept until %(day)s."),
                {"day": kept_until},
                DISPOSAL_BASIS,
                _("Wait until the period is over."),
            )
        )
    if holds:
        found.append(
            Objection(
                "footage.held",
                _("This footage is on hold (%(why)s)."),
                {"why": "; ".join(holds)},
                DISPOSAL_BASIS,
                _("Bring what holds it to an end first."),
            )
        )
    return found


def against_granting(policy: int, has_footage: bool) -> list[Objection]:
    """Why a request cannot be granted: the body's policy, or there is nothing to see."""
    if not policy:
        text, remedy = _("The policy of the exam body is that footage is not shown."), _("Refuse with grounds, or change the policy.")
        return [Objection("footage.policy", text, {}, REQUEST_BASIS, remedy)]
    if not has_footage:
        text, remedy = _("There is no footage of this sitting."), _("Refuse and say so.")
        return [Objection("footage.none", text, {}, REQUEST_BASIS, remedy)]
    return []
