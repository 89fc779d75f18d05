"""READINESS: what must hold before a sitting opens. CLOSING: what must hold before its room closes. Subjects above add their checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from exams import clock, spelling
from exams.conduct.models import CheckIn, RoomRecord
from exams.recusal.models import ObjectionNotice
from exams.registry import Registry
from exams.sittings import accommodations, parameters, queries
from exams.sittings.models import Sitting
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

READINESS = Registry("readiness of a sitting")
CLOSING = Registry("closing of a sitting")
Check = Callable[[Sitting], Iterable[Objection]]


def readiness(id: str, title: str, basis: str = "") -> Callable[[Check], Any]:
    """Register a condition of opening: `(sitting) -> objections`."""
    return READINESS.register(id, title=title, basis=basis)


def closing(id: str, title: str, basis: str = "") -> Callable[[Check], Any]:
    """Register a condition of closing: `(sitting) -> objections`."""
    return CLOSING.register(id, title=title, basis=basis)


def survey(registry: Registry, sitting: Sitting) -> tuple[list[Objection], list[str]]:
    """What blocks, and the titles of what is met: the page and the gate ask the same."""
    found = [(check.title, list(check(sitting))) for check in registry]
    return [one for _title, said in found for one in said], [title for title, said in found if not said]


def blocking(registry: Registry, sitting: Sitting) -> list[Objection]:
    """What the gate refuses with."""
    return [one for one in survey(registry, sitting)[0] if one.severity != "disclose"]


@readiness("conduct.published", _("The arrangement is published"))
def published(sitting: Sitting) -> Iterator[Objection]:
    """Only a published sitting can open."""
    if sitting.state == "planned":
        yield Objection(
            "conduct.not_published", _("The arrangement of this sitting is not published."), remedy=_("Publish the arrangement.")
        )


@readiness("conduct.time", _("It is time to open admission"))
def time_has_come(sitting: Sitting) -> Iterator[Objection]:
    """Admission opens so many minutes before the start, and not after the end."""
    minutes = parameters.in_force(sitting.slot.event.body_id, "ADMISSION_MIN", spelling.local(sitting.starts_at).date()).value
    opens = sitting.starts_at - timedelta(minutes=minutes)
    if clock.now() < opens:
        yield Objection(
            "conduct.too_early",
            _("Admission opens at %(opens)s."),
            {"opens": f"{spelling.local(opens):%Y-%m-%d %H:%M}"},
            _("Parameter “minutes before the start when admission opens”"),
            _("Wait until then."),
            severity="block",
        )
    if clock.now() >= sitting.ends_at:
        yield Objection("conduct.over", _("The time of this sitting is over."), remedy=_("Report to the head of the body."))


@readiness("conduct.room", _("The room is accepted"), _("Requirement R-55"))
def room_accepted(sitting: Sitting) -> Iterator[Objection]:
    """The acceptance holds on the day."""
    until, day = sitting.room.accepted_until, spelling.local(sitting.starts_at).date()
    if until is None or until < day:
        yield Objection(
            "conduct.room_not_accepted",
            _("Room %(room)s has no acceptance that holds today."),
            {"room": sitting.room.name},
            _("Requirement R-55"),
            _("Inspect the room and record its acceptance, or move the sitting."),
        )


@readiness("conduct.seats", _("The seats are drawn"), _("Requirement R-56"))
def seats_drawn(sitting: Sitting) -> Iterator[Objection]:
    """There are places, and they rest on a draw."""
    if not sitting.places.filter(state="held").exists() or queries.draw_in_force(sitting.slot) is None:
        yield Objection("conduct.not_drawn", _("No seats are drawn for this room."), {}, _("Requirement R-56"), _("Draw the seats."))


@readiness("conduct.accommodations", _("What was granted to candidates is kept"), accommodations.GRANTED)
def accommodations_kept(sitting: Sitting) -> Iterator[Objection]:
    """Nobody of this slot sits where an arrangement in force does not let them."""
    yield from accommodations.broken(sitting.slot.event, sitting)


@readiness("conduct.staff", _("Chief and invigilators have signed in"), _("Requirement R-57"))
def staff_present(sitting: Sitting) -> Iterator[Objection]:
    """The chief of the slot and enough invigilators of the room are there."""
    day = spelling.local(sitting.starts_at).date()
    least = parameters.in_force(sitting.slot.event.body_id, "MIN_INVIGILATORS_PER_ROOM", day).value
    there = [duty.capacity for duty in queries.staff(sitting) if duty.state == "on_duty"]
    if "chief" not in there:
        yield Objection("conduct.no_chief", _("The chief has not signed in."), {}, _("Requirement R-57"), _("The chief signs in."))
    if there.count("invigilator") < least:
        yield Objection(
            "conduct.too_few_invigilators",
            _("%(there)s of %(wanted)s invigilators of this room have signed in."),
            {"there": there.count("invigilator"), "wanted": least},
            _("Requirement R-57"),
            _("Wait for them, or assign a stand-in."),
        )


@readiness("conduct.recusal", _("Nobody on duty stands under an objection"), _("Notice 2024 No. 34, I (3)"))
def staff_clear(sitting: Sitting) -> Iterator[Objection]:
    """Every duty rests on a ruling, and no notice about it is open. Opening asks recusal once more."""
    duties = list(queries.staff(sitting))
    about = {str(sitting.pk), str(sitting.slot_id)}
    open_notices = ObjectionNotice.objects.filter(state="open", person__in=[duty.person_id for duty in duties], about_id__in=about)
    objected = set(open_notices.values_list("person_id", flat=True))
    for duty in duties:
        if duty.ruling is None or duty.person_id in objected:
            yield Objection(
                "conduct.staff_objected",
                _("%(person)s may not act here: a new fact, or no ruling."),
                {"person": duty.person.name},
                _("Notice 2024 No. 34, I (3)"),
                _("Replace the person, or have the superior decide."),
            )


@closing("conduct.answers", _("Every candidate has an answer at the door"), _("Requirement R-61"))
def everybody_answered(sitting: Sitting) -> Iterator[Objection]:
    """Present, absent or refused: nobody is left open, nobody waits for a decision."""
    held = sitting.places.filter(state="held")
    answered = CheckIn.objects.filter(place__in=held, undone_at=None)
    silent = held.exclude(pk__in=answered.values("place")).count()
    undecided = answered.filter(outcome__in=["hold", "mismatch"]).count()
    if silent:
        yield Objection(
            "conduct.unanswered",
            _("%(n)s candidates are neither present nor absent."),
            {"n": silent},
            _("Requirement R-61"),
            _("Close the door list, which writes the absentees."),
        )
    if undecided:
        yield Objection(
            "conduct.undecided",
            _("%(n)s candidates wait for a decision about their identity."),
            {"n": undecided},
            _("Requirement R-60"),
            _("The chief decides."),
        )


@closing("conduct.end", _("The exam has ended"))
def ended(sitting: Sitting) -> Iterator[Objection]:
    """The planned end is over, or the end bell was rung earlier with a reason."""
    if clock.now() < sitting.ends_at and not sitting.bells.filter(kind="end").exists():
        yield Objection(
            "conduct.still_running",
            _("The exam runs until %(end)s."),
            {"end": f"{spelling.local(sitting.ends_at):%H:%M}"},
            remedy=_("Wait for the end, or ring the end bell with a reason."),
        )


@closing("conduct.record", _("The room record is signed by all"), _("Requirement R-64"))
def record_signed(sitting: Sitting) -> Iterator[Objection]:
    """All invigilators of the room and the chief signed the figures as they stand."""
    record = RoomRecord.objects.filter(sitting=sitting).first()
    if record is not None and record.state == "signed":
        return
    missing = unsigned(sitting, record)
    yield Objection(
        "conduct.unsigned",
        _("The room record is not signed by: %(names)s."),
        {"names": "、".join(duty.person.name for duty in missing) or "—"},
        _("Requirement R-64"),
        _("Each of them signs the record."),
    )


def unsigned(sitting: Sitting, record: RoomRecord | None) -> list[Any]:
    """Duties whose signature under the present figures is missing."""
    signed = set(record.signatures.filter(figures_digest=record.figures_digest).values_list("person_id", flat=True)) if record else set()
    return [duty for duty in signers(sitting) if duty.person_id not in signed]


def signers(sitting: Sitting) -> list[Any]:
    """All invigilators of the room who served, and the chief."""
    return [duty for duty in queries.staff(sitting) if duty.capacity in ("invigilator", "chief") and duty.state in ("on_duty", "done")]
