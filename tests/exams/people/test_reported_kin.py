"""Relatives that a body entered from a signed form: marked as such, replaced by the person's own declaration, taken back by the head."""

import pytest
from django.urls import reverse

from exams.errors import NotPermitted, Refused
from exams.people import actions
from exams.people.models import KinEdge
from tests.cast import id_number, sign_in_as


@pytest.fixture
def reported(cast):
    person = cast.person("甲", 1)
    given = {"relation": "wife", "relative_name": "乙", "relative_id_number": id_number(2)}
    return actions.declare_kin.plain(
        by=cast.actor("exam_clerk"), person=person, reported_by=cast.body, paper="2026年第3号", **given
    )


def declare(cast, person, **change):
    given = {"relation": "wife", "relative_name": "乙", "relative_id_number": id_number(2), **change}
    return actions.declare_kin(by=cast.candidate(person), person=person, **given)


def test_the_own_declaration_takes_the_place_of_what_was_entered(cast, reported):
    edge = declare(cast, reported.person)
    assert edge.pk == reported.pk and KinEdge.objects.count() == 1
    edge.refresh_from_db()
    assert (edge.reported_by, edge.paper) == (None, "")
    with pytest.raises(Refused):
        declare(cast, reported.person)


def test_nobody_else_declares_over_it(cast, reported):
    with pytest.raises(NotPermitted):
        actions.declare_kin(
            by=cast.actor("exam_clerk"), person=reported.person, relation="wife", relative_name="乙", relative_id_number=id_number(2)
        )
    reported.refresh_from_db()
    assert reported.reported_by == cast.body


def test_the_person_does_not_take_it_back_the_head_does(cast, reported):
    for by in (cast.candidate(reported.person), cast.actor("exam_clerk"), cast.stranger, cast.actor("head_of_body", cast.other_body)):
        with pytest.raises(NotPermitted):
            actions.withdraw_kin(by=by, edge=reported, reason="填写有误")
    with pytest.raises(NotPermitted) as denied:
        actions.withdraw_kin(by=cast.candidate(reported.person), edge=reported, reason="填写有误")
    assert denied.value.reason.id == "people.reported_kin"
    actions.withdraw_kin(by=cast.actor("head_of_body"), edge=reported, reason="填写有误")
    reported.refresh_from_db()
    assert reported.withdrawn_on


def test_the_page_says_who_entered_it_and_offers_no_withdrawal(client, cast, reported):
    sign_in_as(client, cast.candidate(reported.person))
    shown = client.get(reverse("people:kin")).content.decode()
    assert cast.body.name in shown and "2026年第3号" in shown and reverse("people:kin_withdraw", args=[reported.pk]) not in shown
    sign_in_as(client, cast.actor("head_of_body"))
    assert "乙" not in client.get(reverse("people:kin")).content.decode()
    withdraw = reverse("people:kin_withdraw", args=[reported.pk])
    assert client.get(withdraw).status_code == 200
    assert client.post(withdraw, {"purpose": "填写有误"}).status_code == 302
    sign_in_as(client, cast.stranger)
    assert client.get(withdraw).status_code == 404
