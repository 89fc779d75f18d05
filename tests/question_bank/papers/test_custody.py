"""Bags: three persons at every hand-over, and an odd seal stops the bag until the chief decides."""

from __future__ import annotations

import pytest

from exams.errors import NotPermitted, Refused
from question_bank.papers.custody import decide_seal, hand_over
from question_bank.papers.models import HandOver

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(bank):
    """Giver, receiver, supervisor."""
    return {"giver": bank.person(bank.custodian("保甲")), "receiver": bank.person(bank.custodian("保乙")),
            "supervisor": bank.person(bank.cast.actor("exam_clerk"))}  # fmt: skip


def given(bank, staff, **more) -> HandOver:
    facts = {"bag": "D-01", "step": "store", "copies": 30, "seal_number": "F001", "seal_state": "intact", "place": "保密室"} | staff | more
    return hand_over(by=bank.custodian("保甲"), paper=bank.drawn, **facts)


def test_a_chain_of_three_persons(bank, staff):
    assert not given(bank, staff).stopped
    assert not given(bank, staff, step="transport", giver=staff["receiver"], receiver=staff["giver"]).stopped
    assert HandOver.objects.count() == 2


@pytest.mark.parametrize("twice", [("giver", "receiver"), ("giver", "supervisor"), ("receiver", "supervisor")])
def test_one_person_in_two_parts_is_refused(bank, staff, twice):
    with pytest.raises(Refused) as refusal:
        given(bank, staff | {twice[1]: staff[twice[0]]})
    assert [objection.id for objection in refusal.value.objections] == ["papers.three_parties"]


@pytest.mark.parametrize("odd", [{"seal_number": "F002"}, {"seal_state": "broken"}, {"seal_state": "replaced"}])
def test_an_odd_seal_stops_the_next_hand_over_until_the_chief_decides(bank, staff, odd):
    given(bank, staff)
    link = given(bank, staff, step="transport", **odd)
    assert link.stopped
    with pytest.raises(Refused) as refusal:
        given(bank, staff, step="venue", seal_number=link.seal_number)
    assert [objection.id for objection in refusal.value.objections] == ["papers.bag_stopped"]
    with pytest.raises(NotPermitted):
        decide_seal(by=bank.custodian("保甲"), paper=bank.drawn, link=link, note="无妨")
    with pytest.raises(Refused):
        decide_seal(by=bank.cast.actor("chief"), paper=bank.drawn, link=link, note=" ")
    decide_seal(by=bank.cast.actor("chief"), paper=bank.drawn, link=link, note="运输中磨损，已换封")
    assert not given(bank, staff, step="venue", seal_number=link.seal_number).stopped


def test_the_next_bag_is_not_stopped_by_another(bank, staff):
    given(bank, staff, seal_state="broken")
    assert not given(bank, staff, bag="D-02").stopped


@pytest.mark.parametrize("wrong", [{"step": "x"}, {"seal_state": "x"}, {"bag": " "}, {"seal_number": ""}, {"copies": 0}])
def test_unfit_hand_overs_are_refused(bank, staff, wrong):
    with pytest.raises(Refused):
        given(bank, staff, **wrong)
    assert not HandOver.objects.exists()


def test_a_stranger_takes_no_part(bank, staff):
    stranger = bank.person(bank.cast.stranger)
    with pytest.raises(Refused) as refusal:
        given(bank, staff | {"receiver": stranger})
    assert [objection.id for objection in refusal.value.objections] == ["papers.hand_over_unfit"]
