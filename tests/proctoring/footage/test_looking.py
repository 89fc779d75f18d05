"""Requests of candidates and draws of both sides: who may, within which days, and what the other side sees."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exams import clock
from exams.errors import NotPermitted, Refused
from exams.journal.models import Entry
from exams.messages.models import Message
from exams.oversight.registry import AUDIT_CHECKS, Scope
from exams.sittings import chance
from exams.sittings.models import Parameter, Sitting
from proctoring.footage import actions, queries, rules
from proctoring.footage.models import FootageRequest, SampleDraw
from tests.cast import Cast, sign_in_as
from tests.proctoring.coverage.test_queries import recorded
from tests.proctoring.room import Watched

pytestmark = pytest.mark.django_db


def ids(caught: pytest.ExceptionInfo) -> list[str]:
    return [one.id for one in caught.value.objections]


@pytest.fixture
def over(watched: Watched) -> Watched:
    recorded(watched)
    return watched


@pytest.fixture
def asked(over: Watched, cast: Cast) -> FootageRequest:
    place = over.places[0]
    by = cast.candidate(place.application.person)
    return actions.ask_footage(by=by, place=place, reason="I was not the one who talked")


def found(watched: Watched, id: str) -> int:
    return len(list(AUDIT_CHECKS.get(id)(Scope(watched.body, (watched.event,)))))


def test_a_candidate_asks_once_for_the_own_seat_and_gets_an_answer_with_grounds(asked: FootageRequest, over: Watched, cast: Cast):
    own, other = (cast.candidate(place.application.person) for place in over.places[:2])
    assert asked.due_on > clock.today()
    with pytest.raises(Refused) as caught:
        actions.ask_footage(by=own, place=over.places[0], reason="again")
    assert ids(caught) == ["footage.asked_already"]
    with pytest.raises(NotPermitted):
        actions.ask_footage(by=other, place=over.places[0], reason="curious")
    head = cast.actor("head_of_body", over.body)
    with pytest.raises(Refused) as caught:
        actions.grant_footage(by=head, request=asked, grounds="")
    assert ids(caught) == ["footage.words"]
    with pytest.raises(NotPermitted):
        actions.grant_footage(by=cast.actor("head_of_body", cast.other_body), request=asked, grounds="of course")
    actions.grant_footage(by=head, request=asked, grounds="Own seat only.")
    assert Message.objects.filter(person_id=own.person_id, kind="proctoring.footage_answered").count() == 1


def test_a_viewing_is_supervised_by_two_masked_and_without_copy(asked: FootageRequest, over: Watched, cast: Cast):
    actions.grant_footage(by=cast.actor("head_of_body", over.body), request=asked, grounds="Own seat only.")
    good = {"present": "Frau Li", "shown": "C1 09:00 to 09:10", "masked": True, "no_copy": True}
    for wrong, id in [
        ({"masked": False}, "footage.unmasked"), ({"no_copy": False}, "footage.unmasked"),
        ({"present": over.technician.name}, "footage.alone"), ({"shown": ""}, "footage.words"),
    ]:  # fmt: skip
        with pytest.raises(Refused) as caught:
            actions.show_footage(by=over.technician, request=asked, **{**good, **wrong})
        assert ids(caught) == [id]
    actions.show_footage(by=over.technician, request=asked, **good)
    assert asked.state == "shown"
    assert Entry.objects.filter(action="proctoring.show_footage", outcome="done").count() == 1


def test_the_policy_and_missing_footage_leave_only_refusal(asked: FootageRequest, over: Watched, cast: Cast):
    head = cast.actor("head_of_body", over.body)
    Parameter.objects.create(body=over.body, code="FOOTAGE_SHOWN", value=0, source="house rule 4", effective_from=clock.today())
    with pytest.raises(Refused) as caught:
        actions.grant_footage(by=head, request=asked, grounds="fine")
    assert ids(caught) == ["footage.policy"]
    actions.refuse_footage(by=head, request=asked, grounds="House rule 4.")
    assert asked.state == "refused"


def test_late_answers_are_found(asked: FootageRequest, over: Watched):
    assert found(over, "proctoring.E007") == 0
    FootageRequest.objects.update(due_on=clock.today() - timedelta(days=1))
    assert found(over, "proctoring.E007") == 1


def test_each_side_draws_once_and_the_body_sees_nothing_of_the_authority_s_draw_before_it_is_served(over: Watched, cast: Cast, client):
    clerk, officer = cast.actor("exam_clerk", over.body), cast.actor("oversight_inspector", cast.authority)
    assert found(over, "proctoring.E005") == 1
    own = actions.draw_sample(by=clerk, event=over.event)
    theirs = actions.draw_sample(by=officer, event=over.event, percent=50)
    assert (own.side, theirs.side, own.seed != theirs.seed) == ("body", "authority", True)
    assert found(over, "proctoring.E005") == 0
    assert found(over, "proctoring.E006") == own.items.count() > 0
    with pytest.raises(Refused) as caught:
        actions.draw_sample(by=clerk, event=over.event)
    assert ids(caught) == ["footage.drawn_already"]
    assert set(queries.draws_visible_to(clerk)) == {own}
    assert set(queries.draws_visible_to(officer)) == {own, theirs}
    sign_in_as(client, clerk)
    assert client.get(f"/video/footage/samples/{theirs.pk}/").status_code == 404
    with pytest.raises(NotPermitted):
        actions.look_at_sample(by=clerk, item=theirs.items.first(), outcome="nothing")
    actions.serve_sample(by=officer, draw=theirs)
    assert set(queries.draws_visible_to(clerk)) == {own, theirs}
    with pytest.raises(Refused) as caught:
        actions.serve_sample(by=officer, draw=theirs)
    assert ids(caught) == ["footage.served"]


def test_whoever_holds_pool_and_seed_draws_the_same(over: Watched, cast: Cast):
    drawn = actions.draw_sample(by=cast.actor("exam_clerk", over.body), event=over.event)
    assert chance.digest(drawn.pool) == drawn.pool_digest
    pool = {str(one.pk): (one.starts_at, one.ends_at) for one in Sitting.objects.filter(pk__in=drawn.pool)}
    again = rules.stretches(pool, [], drawn.percent, drawn.seed, drawn.side)
    assert [(one.sitting, one.since) for one in again] == [
        (str(one.sitting_id), one.since) for one in drawn.items.filter(why="drawn").order_by("sitting_id")
    ]


def test_a_draw_waits_for_the_end_and_takes_no_smaller_share(over: Watched, cast: Cast):
    clerk = cast.actor("exam_clerk", over.body)
    with pytest.raises(Refused) as caught:
        actions.draw_sample(by=clerk, event=over.event, percent=1)
    assert ids(caught) == ["footage.sample_share"]
    Sitting.objects.update(state="open")
    with pytest.raises(Refused) as caught:
        actions.draw_sample(by=clerk, event=over.event)
    assert ids(caught) == ["footage.sample_early"]
    assert SampleDraw.objects.count() == 0


def test_a_finding_needs_words(over: Watched, cast: Cast):
    clerk = cast.actor("exam_clerk", over.body)
    item = actions.draw_sample(by=clerk, event=over.event).items.first()
    for outcome, note, id in [("breach", "", "footage.words"), ("whatever", "x", "footage.outcome")]:
        with pytest.raises(Refused) as caught:
            actions.look_at_sample(by=clerk, item=item, outcome=outcome, note=note)
        assert ids(caught) == [id]
    actions.look_at_sample(by=clerk, item=item, outcome="breach", note="somebody stands behind B2")
    assert (item.state, item.looked_by_id) == ("looked", clerk.person_id)
