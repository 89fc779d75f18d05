"""The authority entrusts and decides, the body files and declares; each only its own."""

from datetime import date, timedelta

import pytest

from exams import clock
from exams.bodies import actions, plugs, queries
from exams.bodies.models import Entrustment, InternalCheck, ManagementDocument, OtherBusiness
from exams.errors import NotPermitted, Refused, Stale

GOOD = {
    "families": ["UT"],
    "places": ["临江考点"],
    "since": date(2026, 1, 1),
    "until": date(2026, 12, 31),
    "document_number": "云市监特〔2026〕1号",
}


def ids(refused):
    return [objection.id for objection in refused.value.objections]


def entrust(cast, **change):
    return actions.entrust(by=cast.actor("authority_officer"), body=cast.body, **{**GOOD, **change})


def test_the_authority_entrusts_its_own_bodies_only(cast):
    assert entrust(cast).authority == cast.authority
    for by in (cast.actor("head_of_body"), cast.actor("oversight_inspector"), cast.stranger):
        with pytest.raises(NotPermitted):
            actions.entrust(by=by, body=cast.body, **{**GOOD, "document_number": "2"})
    foreign = cast.actor("authority_officer", cast._organisation("issuing_authority", "别省局", 77))
    with pytest.raises(NotPermitted):
        actions.entrust(by=foreign, body=cast.body, **{**GOOD, "document_number": "2"})


@pytest.mark.parametrize(
    ("change", "id"),
    [
        ({"families": [" "]}, "bodies.entrust_families"),
        ({"places": []}, "bodies.entrust_places"),
        ({"until": date(2025, 1, 1)}, "bodies.entrust_period"),
        ({"document_number": ""}, "bodies.entrust_number"),
    ],
)
def test_an_entrustment_lacks_nothing(cast, change, id):
    with pytest.raises(Refused) as refused:
        entrust(cast, **change)
    assert ids(refused) == [id] and not Entrustment.objects.exists()


def test_the_same_document_entrusts_once_and_only_an_exam_body(cast):
    entrust(cast)
    with pytest.raises(Refused) as refused:
        entrust(cast)
    assert ids(refused) == ["bodies.entrusted_already"]
    cast.employer.supervised_by = cast.authority
    with pytest.raises(Refused) as refused:
        actions.entrust(by=cast.actor("authority_officer"), body=cast.employer, **GOOD)
    assert ids(refused) == ["bodies.entrust_body"]


def test_a_suspended_entrustment_covers_nothing_until_it_is_resumed(cast):
    entrustment, officer = entrust(cast), cast.actor("authority_officer")
    event = {"families": ["UT"], "place": "临江考点", "starts_on": date(2026, 5, 1), "ends_on": date(2026, 5, 1)}
    assert queries.objections_to_event(cast.body, **event) == []
    actions.suspend(by=officer, entrustment=entrustment, reason="监控不合格")
    assert [one.id for one in queries.objections_to_event(cast.body, **event)] == ["bodies.no_entrustment"]
    actions.resume(by=officer, entrustment=entrustment, reason="整改已经完成")
    assert queries.objections_to_event(cast.body, **event) == []
    actions.end(by=officer, entrustment=entrustment, reason="机构注销")
    with pytest.raises(Stale):
        actions.resume(by=officer, entrustment=entrustment, reason="再次恢复")


def test_what_has_run_out_expires_by_itself(cast):
    entrust(cast, since=date(2020, 1, 1), until=date(2020, 12, 31))
    entrust(cast, document_number="2", until=clock.today())
    for _ in range(2):
        plugs.expire_entrustments()
    assert list(Entrustment.objects.order_by("until").values_list("state", flat=True)) == ["expired", "in_force"]


def document(cast, by=None, **change):
    given = {"kind": "video", "version": "1", "approved_on": date(2026, 1, 5), "review_on": date(2027, 1, 5), **change}
    return actions.file_document(by=by or cast.actor("head_of_body"), body=cast.body, **given)


@pytest.mark.parametrize(
    ("change", "id"),
    [
        ({"kind": "menu"}, "bodies.document_kind"),
        ({"version": ""}, "bodies.document_version"),
        ({"review_on": date(2026, 1, 5)}, "bodies.document_review"),
        ({"approved_on": date(2999, 1, 1), "review_on": date(2999, 2, 1)}, "bodies.document_future"),
    ],
)
def test_a_document_must_make_sense(cast, change, id):
    with pytest.raises(Refused) as refused:
        document(cast, **change)
    assert ids(refused) == [id] and not ManagementDocument.objects.exists()


def test_documents_are_filed_by_the_own_body_and_findings_show_what_lacks(cast, django_assert_num_queries):
    document(cast)
    with pytest.raises(Refused) as refused:
        document(cast)
    assert ids(refused) == ["bodies.document_known"]
    for by in (cast.stranger, cast.actor("authority_officer")):
        with pytest.raises(NotPermitted):
            document(cast, by=by, version="2")
    for bodies in ([cast.body], [cast.body, cast.other_body, cast.employer]):
        with django_assert_num_queries(1):
            findings = queries.document_findings(bodies, date(2026, 6, 1))
        assert len(findings[cast.body.pk]) == 9
    assert len(findings[cast.other_body.pk]) == 10


def test_other_business_needs_the_authoritys_decision_and_none_needs_nothing(cast):
    entrust(cast)
    head, officer = cast.actor("head_of_body"), cast.actor("authority_officer")
    event = {"families": ["UT"], "place": "临江考点", "starts_on": date(2026, 5, 1), "ends_on": date(2026, 5, 1)}
    business = actions.declare_business(by=head, body=cast.body, businesses=["training"])
    assert [one.id for one in queries.objections_to_event(cast.body, **event)] == ["body.business_conflict"]
    actions.decide_business(by=officer, business=business, allowed=False)
    assert [one.id for one in queries.objections_to_event(cast.body, **event)] == ["body.business_forbidden"]
    business = actions.declare_business(by=head, body=cast.body, businesses=[])
    assert business.state == "allowed" and queries.objections_to_event(cast.body, **event) == []
    with pytest.raises(Refused):
        actions.declare_business(by=head, body=cast.body, businesses=["piracy"])
    assert OtherBusiness.objects.count() == 1


def test_the_standard_of_the_authority_counts_registered_staff(cast):
    entrust(cast)
    actions.set_standard(
        by=cast.actor("authority_officer"), full_time=1, assessors=0, source="省局规定", effective_from=clock.today()
    )
    event = {"families": ["UT"], "place": "临江考点", "starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 1)}
    assert [one.id for one in queries.objections_to_event(cast.body, **event)] == ["bodies.full_time"]
    staff = actions.register_staff(
        by=cast.actor("exam_clerk"), body=cast.body, person=cast.person("甲", 1), full_time=True, assessor=False, years=4
    )
    assert queries.objections_to_event(cast.body, **event) == []
    actions.end_staff(by=cast.actor("exam_clerk"), staff=staff, until=date(2026, 11, 30))
    assert [one.id for one in queries.objections_to_event(cast.body, **event)] == ["bodies.full_time"]
    with pytest.raises(Refused):
        actions.set_standard(
            by=cast.actor("authority_officer"), full_time=1, assessors=0, source="x", effective_from=clock.today() - timedelta(days=1)
        )


def test_an_internal_finding_goes_its_way(cast):
    head = cast.actor("head_of_body")
    check = actions.record_check(by=head, body=cast.body, checked_on=date(2026, 3, 1), item="保密室", finding="双锁缺一", major=True)
    actions.correct_check(by=cast.actor("exam_clerk"), check=check, correction="已更换门锁")
    actions.close_check(by=head, check=check, accepted=False)
    assert InternalCheck.objects.get().state == "open"
    actions.correct_check(by=head, check=check, correction="已更换双锁并验收")
    actions.close_check(by=head, check=check)
    assert InternalCheck.objects.get().state == "closed"


@pytest.mark.parametrize(
    ("who", "seen"),
    [("head_of_body", 1), ("authority_officer", 2), ("oversight_inspector", 2), ("invigilator", 0), ("system_administrator", 0)],
)
def test_who_sees_which_bodies(cast, who, seen):
    assert cast.body and cast.other_body
    assert queries.visible_to(cast.actor(who)).count() == seen
    assert not queries.visible_to(cast.stranger).filter(pk=cast.body.pk).exists()
