"""Keeping and removing footage: a confirmed period, holds, two persons, and a stone that verifies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from exams import clock
from exams.access import Actor
from exams.conduct.models import Incident
from exams.errors import NotPermitted, Refused
from exams.oversight.registry import AUDIT_CHECKS, Scope
from exams.sittings.models import Sitting
from exams.ticks import TICKS
from proctoring.coverage.models import Recording
from proctoring.footage import actions, disposal
from proctoring.footage.models import Disposal, KeepingRule, Tombstone
from proctoring.plugs import recompute
from tests.cast import Cast
from tests.proctoring.coverage.test_queries import recorded
from tests.proctoring.room import Watched

pytestmark = pytest.mark.django_db


def ids(caught: pytest.ExceptionInfo) -> list[str]:
    return [one.id for one in caught.value.objections]


@pytest.fixture
def archivist(cast: Cast, watched: Watched) -> Actor:
    return cast.actor("archivist", watched.body)


@pytest.fixture
def head(cast: Cast, watched: Watched) -> Actor:
    return cast.actor("head_of_body", watched.body)


@pytest.fixture
def old(watched: Watched, archivist: Actor, head: Actor) -> Sitting:
    """A quiet sitting of long ago, and a confirmed period of ninety days."""
    recorded(watched)
    Incident.objects.all().delete()
    rule = disposal.enter_keeping(by=archivist, of_class="quiet", days=90, source="Order 12 (2025), clause 4")
    disposal.confirm_keeping(by=head, rule=rule)
    aged(watched, 91)
    return watched.sitting


def aged(watched: Watched, days: int) -> None:
    """Everything happened that many days earlier."""
    shift, ms = timedelta(days=days), days * 86_400_000
    sitting = watched.sitting
    Sitting.objects.filter(pk=sitting.pk).update(starts_at=sitting.starts_at - shift, ends_at=sitting.ends_at - shift)
    for row in Recording.objects.all():
        Recording.objects.filter(pk=row.pk).update(start_ms=row.start_ms - ms, end_ms=row.end_ms - ms)
    sitting.refresh_from_db()


def against(by: Actor, sitting: Sitting) -> list[str]:
    with pytest.raises(Refused) as caught:
        disposal.propose_disposal(by=by, sitting=sitting)
    return ids(caught)


def found(watched: Watched, id: str) -> int:
    return len(list(AUDIT_CHECKS.get(id)(Scope(watched.body, (watched.event,)))))


def test_a_period_has_a_source_and_a_second_person(watched: Watched, archivist: Actor, head: Actor, cast: Cast):
    recorded(watched)
    with pytest.raises(Refused) as caught:
        disposal.enter_keeping(by=archivist, of_class="quiet", days=90, source="")
    assert ids(caught) == ["footage.no_source"]
    assert against(archivist, watched.sitting) == ["footage.no_period"]
    rule = disposal.enter_keeping(by=archivist, of_class="quiet", days=90, source="Order 12, 4")
    assert against(archivist, watched.sitting) == ["footage.no_period"]
    with pytest.raises(Refused) as caught:
        disposal.confirm_keeping(by=archivist, rule=rule)
    assert ids(caught) == ["footage.same_person"]
    with pytest.raises(NotPermitted):
        disposal.confirm_keeping(by=cast.actor("head_of_body", cast.other_body), rule=rule)
    disposal.confirm_keeping(by=head, rule=rule)
    assert against(archivist, watched.sitting) == ["footage.too_early"]
    longer = disposal.enter_keeping(by=head, of_class="quiet", days=1000, source="Order 13, 1")
    disposal.confirm_keeping(by=archivist, rule=longer)
    assert list(KeepingRule.objects.filter(state="in_force")) == [longer]


def test_two_persons_remove_and_the_stone_verifies(old: Sitting, watched: Watched, archivist: Actor, head: Actor):
    assert TICKS.get("proctoring.footage_over")() is None
    row = Disposal.objects.get()
    disposal.approve_disposal(by=archivist, disposal=row)
    with pytest.raises(Refused) as caught:
        disposal.approve_disposal(by=archivist, disposal=row)
    assert ids(caught) == ["footage.two_persons"]
    disposal.approve_disposal(by=head, disposal=row)
    assert row.state == "approved"
    assert found(watched, "proctoring.E008") == 1
    files = disposal.order(old)
    assert [one["camera"] for one in files] == ["C1", "C2"]
    with pytest.raises(Refused) as caught:
        disposal.remove_footage(by=watched.technician, disposal=row, digest="0" * 64, note="wiped disk 3")
    assert ids(caught) == ["footage.other_list"]
    stone = disposal.remove_footage(by=watched.technician, disposal=row, digest=disposal.digest_of(files), note="wiped disk 3")
    assert disposal.is_whole(stone)
    assert row.state == "done"
    assert [found(watched, f"proctoring.E00{n}") for n in (8, 9)] == [0, 0]
    Recording.objects.filter(camera=watched.cameras[0]).update(sha256="f" * 64)
    assert not disposal.is_whole(stone)
    assert found(watched, "proctoring.E009") == 1


def test_the_index_still_chains_after_removal(old: Sitting):
    (first, second) = disposal.order(old)
    for one in (first, second):
        assert one["chain"] == recompute.sha256(bytes.fromhex(recompute.GENESIS) + bytes.fromhex(one["sha256"]))


def test_a_stone_cannot_be_altered(old: Sitting, watched: Watched, archivist: Actor, head: Actor):
    row = disposal.propose_disposal(by=archivist, sitting=old)
    for by in (archivist, head):
        disposal.approve_disposal(by=by, disposal=row)
    disposal.remove_footage(by=archivist, disposal=row, digest=disposal.digest_of(disposal.order(old)), note="by hand")
    with pytest.raises(IntegrityError), transaction.atomic():
        Tombstone.objects.update(digest="0" * 64)


@pytest.mark.parametrize("when", ["before the proposal", "after two approvals"])
@pytest.mark.parametrize("what", ["hold", "request", "incident"])
def test_what_is_open_holds_at_every_step(old: Sitting, watched: Watched, archivist: Actor, head: Actor, cast: Cast, when: str, what: str):
    def happens() -> None:
        place = watched.places[0]
        if what == "hold":
            officer = cast.actor("oversight_inspector", cast.authority)
            disposal.hold_footage(by=officer, sitting=old, ground="supervision", reason="audit 7")
        elif what == "request":
            actions.ask_footage(by=cast.candidate(place.application.person), place=place, reason="let me see")
        else:
            Incident.objects.create(sitting=old, number="I-1", kind="other", since=old.starts_at, reported_by="x", reported_at=clock.now())

    if when == "before the proposal":
        happens()
        assert "footage.held" in against(archivist, old)
        return
    row = disposal.propose_disposal(by=archivist, sitting=old)
    for by in (archivist, head):
        disposal.approve_disposal(by=by, disposal=row)
    happens()
    with pytest.raises(Refused):
        disposal.remove_footage(by=archivist, disposal=row, digest=disposal.digest_of(disposal.order(old)), note="quick")
    assert Tombstone.objects.count() == 0


def test_what_the_authority_holds_the_body_does_not_lift(old: Sitting, cast: Cast, head: Actor):
    officer = cast.actor("oversight_inspector", cast.authority)
    hold = disposal.hold_footage(by=officer, sitting=old, ground="supervision", reason="audit 7")
    with pytest.raises(NotPermitted):
        disposal.lift_hold(by=head, hold=hold, why="enough")
    disposal.lift_hold(by=officer, hold=hold, why="audit closed")
    assert disposal.propose_what_is_over() == 1


def test_one_who_wants_to_keep_it_can(old: Sitting, archivist: Actor, head: Actor):
    row = disposal.propose_disposal(by=archivist, sitting=old)
    disposal.approve_disposal(by=archivist, disposal=row)
    disposal.refuse_disposal(by=head, disposal=row, reason="a court may ask")
    again = disposal.propose_disposal(by=archivist, sitting=old)
    assert (again.state, again.first_by) == ("proposed", None)
