"""Draws whose chance comes from the witness: fixed first, drawn later, replayed by anyone, and chosen by nobody."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from exams.access import SYSTEM
from exams.errors import Refused
from exams.journal import checkpoints, exchange
from exams.journal.models import Cosignature, Entry
from exams.oversight.registry import AUDIT_CHECKS, Scope
from exams.people.models import Person
from exams.sittings import actions
from exams.sittings.models import Draw, Duty, Place
from exams.sittings.plugs import settle_draws
from exams.sittings.pool import Wanted
from exams.sittings.replay import replay
from exams.ticks import TICKS
from tests.cast import Cast
from tests.exams.recusal.matters import kin
from tests.exams.sittings.scene import END, NOW, Scene
from tests.sequenced import sequenced

SCRIPT = Path(__file__).resolve().parents[3] / "config/deploy/witness.py"
pytestmark = pytest.mark.django_db(transaction=True)


class Authority:
    """The witness as the authority runs it: a program and a folder the exam body cannot reach."""

    def __init__(self, folder: Path) -> None:
        self.folder, key = folder, folder.parent / "log.vkey"
        key.write_text(checkpoints.log_vkey() + "\n")
        self.vkey = self.run("init", folder, "--name", "authority.example/witness", "--log-key", key).strip()
        checkpoints.add_witness(self.vkey)

    @staticmethod
    def run(*arguments: object, code: int = 0) -> str:
        done = subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done.stdout

    def signs(self) -> None:
        """Everything recorded is sequenced and counter-signed."""
        sequenced()
        checkpoints.checkpoint()
        exchange.exchange()
        self.run("drop", self.folder, exchange.outbox(), exchange.inbox())
        exchange.exchange()


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def scene(time_machine, settings, tmp_path) -> Scene:
    time_machine.move_to(NOW, tick=True)
    settings.DATA_DIR = tmp_path / "body"
    settings.KEY_DIR = tmp_path / "body" / "keys"
    scene = Scene(Cast(), candidates=5, rooms=2)
    assert scene.candidates and scene.sittings and scene.invigilators and scene.chief and scene.roving
    return scene


@pytest.fixture
def authority(scene, tmp_path) -> Authority:
    return Authority(tmp_path / "authority")


def ids(faults) -> list[str]:
    return [fault.id for fault in faults]


def refused(call) -> list[str]:
    with pytest.raises(Refused) as refusal:
        call()
    return ids(refusal.value.objections)


# ---- waiting for the witness --------------------------------------------------------------------------------------------


def test_seats_are_drawn_only_when_the_witness_has_signed(scene, authority):
    draw = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    assert (draw.state, draw.seed, Place.objects.count()) == ("open", "", 0)
    assert refused(lambda: actions.settle_draw(by=scene.clerk, draw=draw)) == ["sittings.witness_waits"]
    assert refused(lambda: actions.draw_seats(by=scene.clerk, slot=scene.slot)) == ["sittings.drawn_already"]
    authority.signs()
    settle_draws()
    draw.refresh_from_db()
    assert (draw.state, Place.objects.filter(state="held").count()) == ("drawn", 5)
    assert replay(draw).matches and replay(draw, witness_key=authority.vkey).matches
    assert refused(lambda: actions.settle_draw(by=scene.clerk, draw=draw)) == ["sittings.not_open"]


def test_without_a_witness_the_draw_is_made_at_once_and_says_so(scene):
    draw = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    assert (draw.state, draw.witness) == ("drawn", "")
    assert replay(draw).matches


def test_the_tick_lets_the_head_be_signed_and_draws_by_itself(scene, authority):
    actions.draw_seats(by=scene.clerk, slot=scene.slot)
    assert "sittings.settle_draws" in [tick.id for tick in TICKS]
    sequenced()
    settle_draws()
    assert checkpoints.latest() is not None
    exchange.exchange()
    authority.run("drop", authority.folder, exchange.outbox(), exchange.inbox())
    exchange.exchange()
    settle_draws()
    assert Draw.objects.get().state == "drawn"


def test_who_withdraws_between_fixing_and_drawing_gets_no_seat(scene, authority):
    draw = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    gone = draw.pool["candidates"][0][0]
    type(scene.item.applications.get(pk=gone)).objects.filter(pk=gone).update(state="withdrawn")
    authority.signs()
    actions.settle_draw(by=SYSTEM, draw=draw)
    assert gone not in {str(place.application_id) for place in Place.objects.filter(state="held")}
    assert Place.objects.filter(state="held").count() == 4


def test_a_waiting_draw_is_set_aside_by_two_and_stays_visible(scene, authority):
    first = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    change = actions.ask_change(by=scene.clerk, slot=scene.slot, kind="redraw", reason="一间考场停电")
    assert refused(lambda: actions.decide_change(by=scene.clerk, change=change, approve=True)) == ["sittings.same_person"]
    actions.decide_change(by=scene.head, change=change, approve=True)
    first.refresh_from_db()
    second = Draw.objects.get(state="open")
    assert (first.state, second.reason) == ("abandoned", "一间考场停电")
    authority.signs()
    actions.settle_draw(by=scene.clerk, draw=second)
    second.refresh_from_db()
    assert replay(second).matches
    assert json.loads(bytes(Entry.objects.get(action="sittings.abandon_draw").body))["facts"]["outcome_known"] is False


def test_a_draw_set_aside_after_its_chance_was_known_says_so(scene, authority):
    actions.draw_seats(by=scene.clerk, slot=scene.slot)
    authority.signs()
    change = actions.ask_change(by=scene.clerk, slot=scene.slot, kind="redraw", reason="换一次")
    actions.decide_change(by=scene.head, change=change, approve=True)
    assert json.loads(bytes(Entry.objects.get(action="sittings.abandon_draw").body))["facts"]["outcome_known"] is True


def test_a_draw_in_force_stays_until_the_new_one_is_drawn(scene, authority):
    first = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    authority.signs()
    actions.settle_draw(by=scene.clerk, draw=first)
    before = {place.application_id: place.seat_id for place in Place.objects.filter(state="held")}
    change = actions.ask_change(by=scene.clerk, slot=scene.slot, kind="redraw", reason="座位03损坏")
    actions.decide_change(by=scene.head, change=change, approve=True)
    assert {place.application_id: place.seat_id for place in Place.objects.filter(state="held")} == before
    authority.signs()
    settle_draws()
    first.refresh_from_db()
    assert first.state == "replaced"
    assert replay(Draw.objects.get(state="drawn")).matches


# ---- the roster ---------------------------------------------------------------------------------------------------------


def test_a_roster_is_drawn_for_all_rooms_and_leaves_out_whom_recusal_bars(scene, authority):
    scene.staff("未申报", 901, "invigilator", declared=False)
    draw = actions.draw_roster(by=scene.clerk, event=scene.event, wanted=Wanted(invigilators=2))
    assert draw.state == "open" and len(draw.pool["posts"]) == 6
    authority.signs()
    settle_draws()
    draw.refresh_from_db()
    duties = Duty.objects.filter(live=True)
    assert {duty.person_id for duty in duties} == {one.person_id for one in (*scene.invigilators, scene.chief, scene.roving)}
    assert all(duty.ruling.allowed and duty.draw_id == draw.pk for duty in duties)
    assert (draw.result["unfilled"], replay(draw).matches) == ([], True)


def test_an_empty_post_says_who_was_kept_out_by_which_rule(scene, authority):
    scene.staff("未申报", 901, "invigilator", declared=False)
    actions.draw_roster(by=scene.clerk, event=scene.event, wanted=Wanted(invigilators=3))
    authority.signs()
    settle_draws()
    draw = Draw.objects.get()
    assert len(draw.result["unfilled"]) == 2
    reasons = {reason[1] for _post, given in draw.result["unfilled"] for reason in given}
    assert {"recusal.undeclared", "roster.taken"} <= reasons


def test_whom_a_ground_meets_between_fixing_and_drawing_stays_off(scene, authority):
    actions.draw_roster(by=scene.clerk, event=scene.event, wanted=Wanted(invigilators=2))
    person = scene.invigilators[0].person_id
    kin(Person.objects.get(pk=person), "daughter", scene.candidates[0])
    authority.signs()
    settle_draws()
    assert person not in {duty.person_id for duty in Duty.objects.filter(live=True)}
    body = json.loads(bytes(Entry.objects.get(action="sittings.put_drawn_on_duty").body))
    assert [line[2:] for line in body["facts"]["late"]] == [[str(person), "roster.ground_since"]]


def test_who_was_put_on_another_duty_meanwhile_stays_off(scene, authority):
    actions.draw_roster(by=scene.clerk, event=scene.event, wanted=Wanted(invigilators=2))
    scene.assign(scene.invigilators[0], scene.sitting)
    authority.signs()
    settle_draws()
    assert Duty.objects.filter(person_id=scene.invigilators[0].person_id, live=True).count() == 1


def test_a_second_roster_needs_two_persons_and_takes_the_first_one_off(scene, authority):
    draw = actions.draw_roster(by=scene.clerk, event=scene.event, wanted=Wanted(invigilators=2))
    authority.signs()
    settle_draws()
    assert refused(lambda: actions.draw_roster(by=scene.clerk, event=scene.event, wanted=Wanted())) == ["sittings.roster_drawn"]
    given = {"slot": scene.slot, "kind": "redraw_roster", "reason": "监考员临时出差", "wanted": {"draw": str(draw.pk)}}
    change = actions.ask_change(by=scene.clerk, **given)
    actions.decide_change(by=scene.head, change=change, approve=True)
    authority.signs()
    settle_draws()
    first, second = Draw.objects.order_by("opened_at")
    assert (first.state, second.state) == ("replaced", "drawn")
    assert Duty.objects.filter(draw=first, live=True).count() == 0
    assert Duty.objects.filter(draw=second, live=True).count() == 6
    assert replay(first).matches and replay(second).matches


def test_the_limit_of_duties_in_a_day_holds_by_hand_and_by_lot(scene, authority):
    actions.set_parameter(
        by=scene.head, body=scene.cast.body, code="DUTIES_PER_DAY", value=1, source="考务细则", effective_from=NOW.date()
    )
    draw = actions.draw_roster(by=scene.clerk, event=scene.event, wanted=Wanted(invigilators=2))
    assert draw.pool["limits"]["max_per_day"] == 1
    scene.assign(scene.invigilators[0], scene.sitting)
    later = END + timedelta(minutes=30)
    given = {"event": scene.event, "item": scene.item, "subject": "theory", "venue": scene.venue}
    slot = actions.schedule_slot(by=scene.clerk, **given, starts_at=later, ends_at=later + timedelta(hours=1))
    room = actions.add_sitting(by=scene.clerk, slot=slot, room=scene.rooms[0])
    person = Person.objects.get(pk=scene.invigilators[0].person_id)
    again = {"slot": slot, "sitting": room, "person": person, "capacity": "invigilator"}
    assert refused(lambda: actions.assign_duty(by=scene.clerk, **again)) == ["sittings.load"]


# ---- an opponent who holds the server, its keys and its clock, but not the witness ---------------------------------------


def seat_of(draw: Draw, candidate: str) -> str:
    return next(line[1] for line in draw.result if line[0] == candidate)


def test_asking_the_witness_again_and_again_gives_the_same_seed(scene, authority):
    """Grinding the witness: the same head is brought to it fifty times; each answer carries the same step."""
    draw = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    sequenced()
    head = checkpoints.checkpoint()
    request = checkpoints.witness_request(0, head)
    steps = set()
    for second in range(50):
        done = subprocess.run(
            [sys.executable, str(SCRIPT), "cosign", str(authority.folder), "--date", str(1_800_000_000 + second)],
            input=request, capture_output=True, text=True, check=True,
        )  # fmt: skip
        steps.add(done.stdout.splitlines()[1])
    assert len(steps) == 1
    checkpoints.accept_cosignature(head.size, done.stdout)
    assert actions.settle_draw(by=SYSTEM, draw=draw).state == "drawn"


def test_a_later_head_cannot_stand_in_for_the_first_one(scene, authority):
    """The opponent throws the first answer away and has entries added until the outcome suits: the later step does not cover the entry."""
    draw = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    sequenced()
    first = checkpoints.checkpoint()
    exchange.ask()
    authority.run("drop", authority.folder, exchange.outbox(), exchange.inbox())
    for path in exchange.inbox().iterdir():
        path.unlink()  # the answer is “lost”
    for number in range(5):
        actions.open_venue(by=scene.clerk, body=scene.cast.body, name=f"磨{number}", address="—", way_in="")
        sequenced()
        head = checkpoints.checkpoint()
        request = exchange.outbox() / f"{head.size}.request"
        request.write_text(checkpoints.witness_request(first.size, head))
        authority.run("drop", authority.folder, exchange.outbox(), exchange.inbox())
        exchange.take_in()
        first = head
        assert refused(lambda: actions.settle_draw(by=SYSTEM, draw=draw)) == ["sittings.witness_waits"]
    assert Cosignature.objects.count() == 5
    # The authority kept the step that was thrown away: with it the draw goes on, by the seed it would have had.
    kept = sorted((authority.folder / "steps").iterdir(), key=lambda path: int(path.stem))[0]
    lines = kept.read_text().rpartition("\n\n")[2].splitlines(keepends=True)
    checkpoints.accept_cosignature(int(kept.stem), "".join(lines[1:]))
    assert replay(actions.settle_draw(by=SYSTEM, draw=draw), witness_key=authority.vkey).matches


def test_a_chosen_seed_and_a_changed_result_are_seen(scene, authority):
    draw = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    authority.signs()
    actions.settle_draw(by=SYSTEM, draw=draw)
    draw.refresh_from_db()
    for change, fault in (
        ({"seed": "0" * 64}, "draw.other_seed"),
        ({"witness": ""}, "draw.other_witness"),
        ({"result": list(reversed(draw.result))}, "draw.other_result"),
        ({"pool": {**draw.pool, "take": 4}}, "draw.pool_changed"),
        ({"pool_digest": "0" * 64}, "draw.record_differs"),
        ({"entry_id": 1}, "draw.not_recorded"),
        ({"algorithm": "seats-0"}, "draw.record_differs"),
    ):
        before = {name: getattr(draw, name) for name in change}
        Draw.objects.filter(pk=draw.pk).update(**change)
        assert fault in ids(replay(Draw.objects.get(pk=draw.pk)).faults), change
        Draw.objects.filter(pk=draw.pk).update(**before)
    assert replay(Draw.objects.get(pk=draw.pk)).matches


def test_throwing_several_times_and_hiding_the_others_is_seen(scene, authority):
    """The opponent fixes three draws of one slot behind the actions' back, waits for the chance, keeps the one he likes best."""
    thrown = []
    for _ in range(3):
        thrown.append(actions.draw_seats(by=scene.clerk, slot=scene.slot))
        Draw.objects.filter(pk=thrown[-1].pk).update(state="abandoned")
    authority.signs()
    chosen = thrown[-1]
    Draw.objects.filter(pk=chosen.pk).update(state="open")
    actions.settle_draw(by=SYSTEM, draw=chosen)
    Draw.objects.exclude(pk=chosen.pk).delete()
    found = replay(Draw.objects.get(pk=chosen.pk), witness_key=authority.vkey)
    assert ids(found.faults) == ["draw.second_throw", "draw.second_throw"]


def test_a_witness_of_ones_own_is_not_believed_by_the_reader_of_the_true_key(scene, authority, tmp_path):
    """The opponent puts a key of his own in the witness's place; who checks with the authority's key sees it."""
    true_key = authority.vkey
    draw = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    sequenced()
    own = tmp_path / "own"
    own.mkdir()
    fake = Authority.__new__(Authority)
    fake.folder = own / "witness"
    key = own / "log.vkey"
    key.write_text(checkpoints.log_vkey() + "\n")
    vkey = fake.run("init", fake.folder, "--name", "authority.example/witness", "--log-key", key).strip()
    with connection.cursor() as cursor:
        _lift(cursor)
        cursor.execute("UPDATE exams_witness SET vkey = %s", [vkey])
    checkpoints.checkpoint()
    exchange.exchange()
    fake.run("drop", fake.folder, exchange.outbox(), exchange.inbox())
    exchange.exchange()
    actions.settle_draw(by=SYSTEM, draw=draw)
    draw.refresh_from_db()
    assert replay(draw).matches
    assert ids(replay(draw, witness_key=true_key).faults) == ["draw.step_false"]


def _lift(cursor) -> None:
    on = " ON exams_witness" if connection.vendor == "postgresql" else ""
    cursor.execute(f"DROP TRIGGER guard_exams_witness_update{on}")


# ---- the command --------------------------------------------------------------------------------------------------------


def test_the_command_says_whether_the_draws_match(scene, authority, capsys, tmp_path):
    draw = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    call_command("draw", "--replay", scene.event.number)
    assert "waits for the witness" in capsys.readouterr().out
    authority.signs()
    settle_draws()
    key = tmp_path / "witness.vkey"
    key.write_text(authority.vkey)
    call_command("draw", "--replay", scene.event.number, "--witness-key", str(key))
    assert "all as recorded" in capsys.readouterr().out
    Draw.objects.filter(pk=draw.pk).update(seed="1" * 64)
    with pytest.raises(CommandError) as error:
        call_command("draw", "--replay", scene.event.number)
    assert error.value.returncode == 1 and "draw.other_seed" in capsys.readouterr().out


@pytest.mark.parametrize("given", [["--replay", "no such"], ["--replay", "2026", "--witness-key", "/nowhere"]])
def test_the_command_refuses_what_it_cannot_find(scene, given):
    assert scene.event
    with pytest.raises(CommandError) as error:
        call_command("draw", *given)
    assert error.value.returncode == 2


# ---- the audit ----------------------------------------------------------------------------------------------------------


def audited(scene, check: str) -> list[str]:
    return [draft.facts.get("fault", "") for draft in AUDIT_CHECKS.get(check)(Scope(scene.cast.body, (scene.event,)))]


def test_the_audit_does_every_draw_over_again(scene, authority):
    draw = actions.draw_seats(by=scene.clerk, slot=scene.slot)
    assert audited(scene, "draws.E001") == []
    authority.signs()
    settle_draws()
    assert audited(scene, "draws.E001") == [] and audited(scene, "draws.E002") == []
    Draw.objects.filter(pk=draw.pk).update(seed="2" * 64)
    assert "draw.other_seed" in audited(scene, "draws.E001")


def test_the_audit_names_a_draw_replaced_after_its_outcome_was_known(scene, authority):
    actions.draw_seats(by=scene.clerk, slot=scene.slot)
    authority.signs()
    settle_draws()
    change = actions.ask_change(by=scene.clerk, slot=scene.slot, kind="redraw", reason="换一次")
    actions.decide_change(by=scene.head, change=change, approve=True)
    authority.signs()
    settle_draws()
    assert audited(scene, "draws.E002") == [""] and audited(scene, "draws.E001") == []
