"""What holds footage of a sitting: what somebody set, and what follows from matters that are open."""

from __future__ import annotations

from collections.abc import Iterator

from exams import wording
from exams.archive.holds import holds
from exams.sittings.models import Sitting
from exams.verdicts import gettext_noop as _
from proctoring.footage.models import FootageRequest, Hold, SampleItem


def reasons(sitting: Sitting) -> list[str]:
    """Everything that holds it now, in words."""
    return [*(f"{hold.get_ground_display()}: {hold.reason}" for hold in set_by_hand(sitting)), *open_here(sitting), *holds(sitting)]


def set_by_hand(sitting: Sitting) -> list[Hold]:
    return list(Hold.objects.filter(sitting=sitting, state="set"))


def open_here(sitting: Sitting) -> Iterator[str]:
    """A candidate waits for an answer or a viewing; somebody must still look at it."""
    if FootageRequest.objects.filter(place__sitting=sitting, state__in=("asked", "granted")).exists():
        yield wording.render(_("A candidate’s request to see it is open"), {})
    if SampleItem.objects.filter(sitting=sitting, state="due").exists():
        yield wording.render(_("It is still to be looked at"), {})
