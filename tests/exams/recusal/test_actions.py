"""Rulings are kept whatever they say; waivers need two superiors; news are put to everybody whom they concern."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from exams import clock
from exams.errors import NotPermitted, Refused, Stale
from exams.journal.models import Entry
from exams.messages.models import Message
from exams.recusal import actions
from exams.recusal.models import ObjectionNotice, PolicyValue, RecusalRequest, Ruling, Waiver
from exams.recusal.standing import Stand
from tests.exams.recusal.matters import EVENT, employ, event_known, kin, matter, standing_in

LATER = date(2030, 1, 1)
WHY = "本批次无其他合格人员，由两名负责人批准"


def ids(refused):
    return [objection.id for objection in refused.value.objections]


def rule(cast, person, *candidates, capacity="invigilator", **more):
    return actions.rule_on(
        person=person, capacity=capacity, matter=matter(cast, *candidates, **more), by=cast.actor("exam_clerk"), about=cast.body
    )


def colleagues(cast):
    """A staff member and a candidate of one employer: an objection that one superior may answer."""
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    employ(staff, cast.employer)
    employ(candidate, cast.employer)
    return staff, candidate


def in_training_post(cast):
    staff = cast.person("甲", 1)
    employ(staff, cast.training_body)
    return staff


# ------------------------------------------------------------------------------------------------------------------- rulings


def test_a_ruling_is_kept_with_facts_objections_and_entry(cast):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    kin(staff, "son", candidate)
    ruling = rule(cast, staff, candidate)
    kept = Ruling.objects.get()
    assert kept == ruling and not kept.allowed and kept.number.startswith("R-")
    assert [one.text(named=True) for one in actions.replay(kept)] == ["甲 is the father of candidate 乙 (direct blood relation)."]
    entry = Entry.objects.get(action="recusal.rule_on")
    assert b"facts_digest" in bytes(entry.body) and "乙" not in bytes(entry.body).decode()


def test_a_refusal_takes_its_ruling_along(cast):
    staff = in_training_post(cast)
    with pytest.raises(Refused) as refused:
        actions.require_clear(
            person=staff, capacity="setter", matter=matter(cast), by=cast.actor("head_of_body"), about=cast.body
        )
    assert ids(refused) == ["recusal.training_post"]
    [ruling] = refused.value.keep
    assert not Ruling.objects.exists() and ruling.person == staff and not ruling.allowed


def test_a_clear_ruling_is_saved_by_require_clear(cast):
    ruling = actions.require_clear(
        person=cast.person("甲", 1), capacity="setter", matter=matter(cast), by=cast.actor("head_of_body"), about=cast.body
    )
    assert Ruling.objects.get() == ruling and ruling.allowed


def test_the_same_facts_are_not_kept_twice(cast):
    given = {"person": cast.person("甲", 1), "capacity": "setter", "by": cast.actor("head_of_body"), "about": cast.body}
    first = actions.require_clear(matter=matter(cast), **given)
    assert actions.require_clear(matter=matter(cast), **given) == first and Ruling.objects.count() == 1
    assert actions.require_clear(matter=matter(cast, item="另一项"), **given) != first


def test_a_ruling_cannot_be_changed_or_removed(cast):
    ruling = rule(cast, cast.person("甲", 1))
    for change in (lambda: Ruling.objects.filter(pk=ruling.pk).update(allowed=False), ruling.delete):
        with pytest.raises(DatabaseError), _savepoint():
            change()


def _savepoint():
    from django.db import transaction

    return transaction.atomic()


def test_facts_of_a_ruling_are_not_readable_in_the_database(cast):
    ruling = rule(cast, cast.person("贺兰静", 1), capacity="setter", event_id=str(EVENT))
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts, objections_kept FROM exams_ruling")
        assert not [column for column in cursor.fetchone() if "贺兰静" in column]
    assert "贺兰静" in Ruling.objects.get(pk=ruling.pk).facts


# ------------------------------------------------------------------------------------------------------------------- waivers


def test_what_was_to_be_answered_is_answered_by_one_superior(cast):
    staff, candidate = colleagues(cast)
    ruling = rule(cast, staff, candidate)
    assert not ruling.allowed
    waiver = actions.waive(
        by=cast.actor("head_of_body"), ruling=ruling, objection_id="recusal.same_employer", reason=WHY, until=LATER
    )
    assert waiver.state == "granted"
    again = rule(cast, staff, candidate)
    assert again.allowed and again.state == "waived" and [one["id"] for one in again.objections] == ["recusal.same_employer"]


def test_what_blocks_needs_two_different_superiors(cast):
    ruling = rule(cast, in_training_post(cast))
    head = cast.actor("head_of_body")
    waiver = actions.waive(by=head, ruling=ruling, objection_id="recusal.training_post", reason=WHY, until=LATER)
    assert waiver.state == "proposed" and not rule(cast, ruling.person).allowed
    with pytest.raises(Refused) as refused:
        actions.confirm_waiver(by=head, waiver=waiver)
    assert ids(refused) == ["recusal.same_superior"]
    actions.confirm_waiver(by=cast.actor("authority_officer"), waiver=waiver)
    assert rule(cast, ruling.person).allowed
    assert len(set(waiver.decided_by)) == 2 and len(waiver.decided_names) == 2


def test_a_waiver_that_was_refused_sets_nothing_aside(cast):
    ruling = rule(cast, in_training_post(cast))
    waiver = actions.waive(
        by=cast.actor("head_of_body"), ruling=ruling, objection_id="recusal.training_post", reason=WHY, until=LATER
    )
    actions.refuse_waiver(by=cast.actor("authority_officer"), waiver=waiver, reason="不符合规定，不同意例外")
    assert not rule(cast, ruling.person).allowed
    with pytest.raises(Stale):
        actions.confirm_waiver(by=cast.actor("authority_officer"), waiver=Waiver.objects.get())


@pytest.mark.parametrize("case", ["kin", "own"])
def test_kinship_and_own_candidacy_are_never_waived(cast, case):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    kin(staff, "daughter", candidate)
    ruling = rule(cast, staff, candidate if case == "kin" else staff)
    with pytest.raises(Refused) as refused:
        actions.waive(
            by=cast.actor("head_of_body"), ruling=ruling, objection_id=ruling.objections[0]["id"], reason=WHY, until=LATER
        )
    assert ids(refused) == ["recusal.not_waivable"] and not Waiver.objects.exists()


def test_a_forged_waiver_row_of_kinship_sets_nothing_aside(cast):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    kin(staff, "daughter", candidate)
    ruling = rule(cast, staff, candidate)
    Waiver.objects.create(
        ruling=ruling, objection_id="recusal.kin_of_candidate", reason="x", until=LATER, state="granted", proposed_at=clock.now()
    )
    assert not rule(cast, staff, candidate).allowed


@pytest.mark.parametrize("case", ["another candidate", "another capacity", "another thing", "after its last day"])
def test_a_waiver_holds_for_nothing_else(cast, case):
    staff, candidate = colleagues(cast)
    other = cast.person("丙", 3)
    employ(other, cast.employer)
    ruling = rule(cast, staff, candidate)
    actions.waive(
        by=cast.actor("head_of_body"),
        ruling=ruling,
        objection_id="recusal.same_employer",
        reason=WHY,
        until=date(2027, 5, 16),
    )
    about = cast.employer if case == "another thing" else cast.body
    on = date(2027, 5, 17) if case == "after its last day" else date(2027, 5, 16)
    again = actions.rule_on(
        person=staff,
        capacity="chief" if case == "another capacity" else "invigilator",
        matter=matter(cast, candidate, *([other] if case == "another candidate" else []), on=on),
        by=cast.actor("exam_clerk"),
        about=about,
    )
    assert not again.allowed


def test_the_stranger_and_the_person_concerned_do_not_waive(cast):
    staff, candidate = colleagues(cast)
    ruling = rule(cast, staff, candidate)
    given = {"ruling": ruling, "objection_id": "recusal.same_employer", "reason": WHY, "until": LATER}
    own = cast.actor("head_of_body")
    oneself = type(own)(**{**own.__dict__, "person_id": staff.pk})
    for by in (cast.stranger, cast.actor("head_of_body", cast.other_body), cast.actor("exam_clerk"), oneself):
        with pytest.raises(NotPermitted):
            actions.waive(by=by, **given)
    assert Entry.objects.filter(action="recusal.waive", outcome="denied").count() == 4


def test_a_waiver_without_reason_or_in_the_past_is_refused(cast):
    staff, candidate = colleagues(cast)
    ruling = rule(cast, staff, candidate)
    for change, id in (({"reason": "x"}, "recusal.reason"), ({"until": clock.today() - timedelta(days=1)}, "recusal.waiver_over")):
        given = {"ruling": ruling, "objection_id": "recusal.same_employer", "reason": WHY, "until": LATER, **change}
        with pytest.raises(Refused) as refused:
            actions.waive(by=cast.actor("head_of_body"), **given)
        assert ids(refused) == [id]


# ------------------------------------------------------------------------------------------------------------------ ask again


def test_a_setter_of_march_is_asked_again_when_his_cousin_applies_in_may(cast):
    setter, cousin, uncle = cast.person("甲", 1), cast.person("乙", 2), cast.person("丙", 3)
    kin(setter, "paternal_uncle", uncle)
    kin(cousin, "father", uncle)
    stand = Stand(str(setter.pk), "setter", matter(cast), cast.body)
    with standing_in(stand) as stands:
        assert actions.reask(cousin.pk) == []
        stands[0] = Stand(str(setter.pk), "setter", matter(cast, cousin), cast.body)
        [notice] = actions.reask(cousin.pk)
    assert (notice.person, notice.capacity, notice.state) == (setter, "setter", "open")
    assert [one["id"] for one in notice.ruling.objections] == ["recusal.kin_of_candidate"]
    assert Message.objects.get().person_id == setter.pk


def test_a_declaration_of_a_third_person_reaches_both_ends(cast):
    """Neither staff nor candidate declared anything new: their common relative did."""
    staff, candidate, between = cast.person("甲", 1), cast.person("乙", 2), cast.person("丙", 3)
    kin(candidate, "father", between)
    with standing_in(Stand(str(staff.pk), "marker", matter(cast, candidate), cast.body)):
        assert actions.reask(between.pk) == []
        kin(between, "brother", staff)
        assert [notice.person for notice in actions.reask(between.pk)] == [staff]


def test_asking_again_is_quiet_when_nothing_changed_and_settles_what_is_over(cast):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    edge = kin(staff, "son", candidate)
    with standing_in(Stand(str(staff.pk), "marker", matter(cast, candidate), cast.body)):
        assert len(actions.reask(staff.pk)) == 1
        assert actions.reask(staff.pk) == [] and Ruling.objects.count() == 1
        edge.withdrawn_on = clock.today()
        edge.save()
        assert actions.reask(staff.pk) == []
    assert ObjectionNotice.objects.get().state == "settled" and Ruling.objects.count() == 2


def test_a_notice_is_settled_when_the_person_no_longer_stands(cast):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    kin(staff, "son", candidate)
    with standing_in(Stand(str(staff.pk), "marker", matter(cast, candidate), cast.body)) as stands:
        actions.reask(candidate.pk)
        stands.clear()
        actions.reask(staff.pk)
    assert ObjectionNotice.objects.get().state == "settled"


def test_a_further_ground_is_written_into_the_open_notice(cast):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    kin(staff, "son", candidate)
    with standing_in(Stand(str(staff.pk), "marker", matter(cast, candidate), cast.body)):
        [notice] = actions.reask(staff.pk)
        employ(staff, cast.training_body)
        assert actions.reask(staff.pk) == []
    notice.refresh_from_db()
    assert [one["id"] for one in notice.ruling.objections] == ["recusal.kin_of_candidate", "recusal.training_post"]


def test_granted_waivers_settle_the_notice(cast):
    staff, candidate = colleagues(cast)
    with standing_in(Stand(str(staff.pk), "marker", matter(cast, candidate), cast.body)):
        [notice] = actions.reask(staff.pk)
        actions.waive(
            by=cast.actor("head_of_body"),
            ruling=notice.ruling,
            objection_id="recusal.same_employer",
            reason=WHY,
            until=LATER,
        )
    notice.refresh_from_db()
    assert notice.state == "settled"


# ------------------------------------------------------------------------------------------------------------------- requests


def test_a_request_keeps_the_person_out_until_it_is_decided(cast):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    filer = cast.candidate(candidate)
    with event_known(cast), standing_in(Stand(str(staff.pk), "exam_clerk", matter(cast, event_id=str(EVENT)), cast.body)):
        request = actions.request_recusal(by=filer, person=staff, body=cast.body, event_id=EVENT, reason="与本人有经济纠纷")
        assert ObjectionNotice.objects.get().state == "open"
        actions.decide_request(by=cast.actor("head_of_body"), request=request, granted=False, decision="经核实，情况不属实")
    assert ObjectionNotice.objects.get().state == "settled"
    assert RecusalRequest.objects.get().state == "refused"


def test_a_granted_request_and_an_order_keep_the_person_out(cast):
    staff = cast.person("甲", 1)
    head = cast.actor("head_of_body")
    with event_known(cast):
        request = actions.request_recusal(
            by=cast.candidate(cast.person("乙", 2)), person=staff, body=cast.body, event_id=EVENT, reason="与本人有经济纠纷"
        )
        actions.decide_request(by=head, request=request, granted=True, decision="同意回避，另行安排")
        other = cast.person("丙", 3)
        actions.order_recusal(by=head, person=other, body=cast.body, event_id=EVENT, reason="有人举报，责令回避")
    for person in (staff, other):
        ruling = rule(cast, person, event_id=str(EVENT), capacity="exam_clerk")
        assert [one["id"] for one in ruling.objections] == ["recusal.requested"]
        assert "steps back" in actions.replay(ruling)[0].text()


def test_nobody_decides_on_the_own_case_and_no_stranger(cast):
    head = cast.actor("head_of_body")
    with event_known(cast):
        own = RecusalRequest.objects.create(
            person_id=head.person_id, body=cast.body, event_id=EVENT, filed_on=clock.today(), reason="x"
        )
        for by in (head, cast.actor("head_of_body", cast.other_body), cast.stranger):
            with pytest.raises(NotPermitted):
                actions.decide_request(by=by, request=own, granted=False, decision="不同意回避申请")
        with pytest.raises(Refused) as refused:
            actions.order_recusal(
                by=cast.actor("head_of_body", cast.other_body), person=cast.person("甲", 1), body=cast.body, reason="有人举报，责令回避"
            )
    assert ids(refused) == ["recusal.other_body"]


def test_a_request_for_an_event_of_another_body_is_refused(cast):
    with event_known(cast), pytest.raises(Refused) as refused:
        actions.request_recusal(
            by=cast.candidate(cast.person("乙", 2)),
            person=cast.person("甲", 1),
            body=cast.other_body,
            event_id=EVENT,
            reason="与本人有经济纠纷",
        )
    assert ids(refused) == ["recusal.no_event"]


# ----------------------------------------------------------------------------------------------------------------- parameters


def test_a_parameter_needs_a_source_and_is_never_set_for_the_past(cast):
    by = cast.actor("authority_officer")
    good = {"code": "TRAINER_COOLOFF_YEARS", "value": "2", "source": "ISO 9712", "effective_from": clock.today()}
    wrong = [
        ({"value": "0"}, "recusal.policy_number"),
        ({"value": "two"}, "recusal.policy_number"),
        ({"source": " "}, "recusal.policy_source"),
        ({"effective_from": clock.today() - timedelta(days=1)}, "recusal.policy_past"),
        ({"code": "severity:recusal.kin_of_candidate", "value": "disclose"}, "recusal.policy_fixed"),
        ({"code": "severity:nothing", "value": "block"}, "recusal.policy_code"),
    ]
    for change, id in wrong:
        with pytest.raises(Refused) as refused:
            actions.set_policy(by=by, **{**good, **change})
        assert ids(refused) == [id]
    actions.set_policy(by=by, **good)
    assert PolicyValue.objects.count() == 1
    with pytest.raises(NotPermitted):
        actions.set_policy(by=cast.actor("head_of_body"), **{**good, "code": "ROTATION_TIMES"})
