"""Grounds proved after the sitting: recorded by a superior with the proof, shown where it matters, barring whoever hid it (R-20)."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse

from exams import clock
from exams.documents.keeping import content_of
from exams.documents.models import Document
from exams.errors import NotPermitted, Refused, Stale
from exams.interests import actions as interests
from exams.interests.models import Concealment
from exams.messages.models import Message
from exams.recusal import actions, late, queries
from exams.recusal.models import LateGround, ObjectionNotice
from exams.recusal.standing import Stand
from tests.cast import sign_in_as
from tests.exams.recusal.matters import EVENT, employ, event_known, matter, standing_in

SAT = date(2026, 2, 20)
PROVED = date(2026, 3, 1)
TEXT = "其子参加本批次考试，户籍证明于三月一日调取"
PDF = b"%PDF-1.4 proof"


@pytest.fixture
def ruling(cast):
    """甲 was cleared for a duty of an event that is over."""
    staff = cast.person("甲", 1)
    employ(staff, cast.body)
    over = matter(cast, on=SAT, event_id=str(EVENT))
    interests_signed(cast, staff)
    found = actions.rule_on(person=staff, capacity="invigilator", matter=over, by=cast.actor("exam_clerk"), about=cast.body)
    assert found.allowed
    return found


def interests_signed(cast, person):
    with event_known(cast):
        interests.sign_declaration(by=cast.candidate(person), person=person, event_id=EVENT, answers={"none": True})


def prove(by, ruling, **change):
    given = {"rule_id": "recusal.kin_of_candidate", "proved_on": PROVED, "text": TEXT, "hidden": True, **change}
    return late.record_late_ground(by=by, ruling=ruling, **given)


def ids(refused):
    return [objection.id for objection in refused.value.objections]


def test_a_hidden_ground_bars_this_year_and_the_next_everywhere(cast, ruling):
    ground = prove(cast.actor("head_of_body"), ruling, evidence=PDF, evidence_name="户籍证明.pdf", decision_number="处理〔2026〕3号")
    assert (ground.person, ground.body, ground.event_id, ground.hidden) == (ruling.person, cast.body, EVENT, True)
    assert ground.concealment.decision_number == "处理〔2026〕3号" and ground.concealment.rule_id == "recusal.kin_of_candidate"
    assert content_of(Document.objects.get(pk=ground.document_id)) == PDF
    for day, barred in ((date(2026, 3, 2), True), (date(2027, 12, 31), True), (date(2028, 1, 1), False)):
        asked = actions.decide(
            person=ruling.person, capacity="custodian", matter=matter(cast, on=day, body_id=str(cast.other_body.pk)), by=cast.stranger
        )
        assert ("recusal.concealed" in [one["id"] for one in asked.objections]) is barred
    assert Message.objects.filter(person_id=ruling.person_id, kind="recusal.late_ground_hidden").count() == 1


def test_a_ground_that_was_not_hidden_bars_nothing_but_stands_on_record(cast, ruling):
    ground = prove(cast.actor("authority_officer"), ruling, hidden=False)
    assert ground.concealment is None and not Concealment.objects.exists()
    assert queries.separation(EVENT).late == [ground]


def test_duties_still_to_come_are_asked_again_at_once(cast, ruling):
    with standing_in(Stand(str(ruling.person_id), "marker", matter(cast), cast.body)):
        prove(cast.actor("head_of_body"), ruling)
    assert ObjectionNotice.objects.get().state == "open"


@pytest.mark.parametrize(
    ("change", "id"),
    [
        ({"rule_id": "recusal.body_interest"}, "recusal.late_rule"),
        ({"rule_id": "nonsense"}, "recusal.late_rule"),
        ({"proved_on": date(2026, 3, 3)}, "recusal.late_day"),
        ({"proved_on": date(2026, 2, 19)}, "recusal.late_day"),
        ({"text": " 短 "}, "recusal.late_text"),
    ],
)
def test_what_cannot_be_recorded(cast, ruling, change, id):
    with pytest.raises(Refused) as refused:
        prove(cast.actor("head_of_body"), ruling, **change)
    assert ids(refused) == [id] and not LateGround.objects.exists() and not Concealment.objects.exists()


def test_nobody_has_hidden_anything_before_acting(cast):
    staff = cast.person("甲", 1)
    coming = actions.rule_on(person=staff, capacity="chief", matter=matter(cast), by=cast.actor("exam_clerk"), about=cast.body)
    with pytest.raises(Refused) as refused:
        prove(cast.actor("head_of_body"), coming)
    assert ids(refused) == ["recusal.late_early"]


def test_once_for_each_rule(cast, ruling):
    head = cast.actor("head_of_body")
    first = prove(head, ruling)
    with pytest.raises(Refused) as refused:
        prove(head, ruling)
    assert ids(refused) == ["recusal.late_known"]
    with pytest.raises(IntegrityError):
        LateGround.objects.create(
            ruling=ruling, person=ruling.person, body=cast.body, rule_id=first.rule_id, proved_on=PROVED, text="x", hidden=False,
            recorded_at=clock.now(),
        )  # fmt: skip


def test_a_hidden_ground_without_its_bar_cannot_be_stored(cast, ruling):
    with pytest.raises(IntegrityError):
        LateGround.objects.create(
            ruling=ruling, person=ruling.person, body=cast.body, rule_id="x", proved_on=PROVED, text="x", hidden=True,
            recorded_at=clock.now(),
        )  # fmt: skip


def test_revoked_the_person_serves_again_and_the_record_stays(cast, ruling):
    head = cast.actor("head_of_body")
    ground = prove(head, ruling)
    late.revoke_late_ground(by=cast.actor("authority_officer"), ground=ground, reason="复核认定系同名人员")
    ground.refresh_from_db()
    assert ground.state == "revoked" and ground.concealment.revoked_on == clock.today()
    asked = actions.decide(person=ruling.person, capacity="custodian", matter=matter(cast), by=head)
    assert "recusal.concealed" not in [one["id"] for one in asked.objections]
    assert queries.separation(EVENT).late == []
    with pytest.raises(Stale):
        late.revoke_late_ground(by=head, ground=ground, reason="复核认定系同名人员")
    assert prove(head, ruling).state == "stands"


def test_only_superiors_of_the_body_and_never_about_oneself(cast, ruling):
    head = cast.actor("head_of_body")
    for by in (cast.actor("exam_clerk"), cast.actor("chief"), cast.stranger, cast.actor("head_of_body", cast.other_body)):
        with pytest.raises(NotPermitted):
            prove(by, ruling)
    with pytest.raises(NotPermitted):
        prove(cast.candidate(ruling.person), ruling)
    ground = prove(head, ruling)
    for by in (cast.actor("exam_clerk"), cast.stranger, cast.candidate(ruling.person)):
        with pytest.raises(NotPermitted):
            late.revoke_late_ground(by=by, ground=ground, reason="复核认定系同名人员")
    from exams.people.models import Person

    himself = Person.objects.get(pk=head.person_id)
    own = actions.rule_on(person=himself, capacity="chief", matter=matter(cast, on=SAT), by=cast.actor("exam_clerk"), about=cast.body)
    with pytest.raises(NotPermitted) as denied:
        prove(head, own)
    assert denied.value.reason.id == "recusal.own_case"


def test_a_ruling_about_an_inspector_is_not_for_the_body_inspected(cast):
    inspector = cast.person("检查员", 4)
    found = actions.rule_on(
        person=inspector, capacity="oversight_inspector", matter=matter(cast, on=SAT, inspected=frozenset({str(cast.body.pk)})),
        by=cast.actor("authority_officer"), about=cast.body,
    )  # fmt: skip
    with pytest.raises(NotPermitted):
        prove(cast.actor("head_of_body"), found, rule_id="recusal.body_interest")
    ground = prove(cast.actor("authority_officer"), found, rule_id="recusal.body_interest", hidden=False)
    assert not queries.late_grounds_visible_to(cast.actor("head_of_body")).filter(pk=ground.pk).exists()


# --------------------------------------------------------------------------------------------------------------------- pages


def text(answer):
    return answer.content.decode()


def test_from_the_page_of_the_ruling_to_the_record(client, cast, ruling):
    sign_in_as(client, cast.actor("head_of_body"))
    session = client.session
    session["confirmed_at"] = clock.machine().timestamp()
    session.save()
    address = reverse("recusal:record_late_ground", args=[ruling.pk])
    assert address in text(client.get(reverse("recusal:ruling", args=[ruling.pk])))
    assert client.get(address).status_code == 200
    given = {"rule_id": "recusal.kin_of_candidate", "proved_on": "2026-03-01", "text": TEXT, "hidden": "yes", "decision_number": ""}
    assert client.post(address, {**given, "proved_on": "2026-01-01"}).status_code == 409
    assert client.post(address, {**given, "rule_id": "x"}).status_code == 200
    answer = client.post(address, {**given, "evidence": SimpleUploadedFile("证明.pdf", PDF)})
    ground = LateGround.objects.get()
    assert answer.status_code == 302 and answer.url == reverse("recusal:late_ground", args=[ground.pk])
    shown = text(client.get(answer.url))
    assert TEXT in shown and "Did not recuse" in shown and "2027" in shown
    assert client.get(reverse("documents:download", args=[ground.document_id])).status_code == 200
    assert "甲" in text(client.get(reverse("recusal:late_grounds")))
    assert "Proved on" in text(client.get(reverse("recusal:ruling", args=[ruling.pk])))
    assert "Grounds proved after the sitting" in text(client.get(reverse("people:person", args=[ruling.person_id])))
    assert client.post(reverse("recusal:revoke_late_ground", args=[ground.pk]), {"reason": "复核认定系同名人员"}).status_code == 302
    assert LateGround.objects.get().state == "revoked"


def test_who_sees_the_proof(client, cast, ruling):
    ground = prove(cast.actor("head_of_body"), ruling, evidence=PDF, evidence_name="证明.pdf")
    page, file = reverse("recusal:late_ground", args=[ground.pk]), reverse("documents:download", args=[ground.document_id])
    for actor in (cast.candidate(ruling.person), cast.actor("authority_officer"), cast.actor("oversight_inspector")):
        sign_in_as(client, actor)
        assert client.get(page).status_code == client.get(file).status_code == 200
    sign_in_as(client, cast.candidate(ruling.person))
    assert "Grounds proved after the sitting" in text(client.get(reverse("interests:mine")))
    for stranger in (cast.actor("exam_clerk"), cast.actor("chief"), cast.stranger, cast.candidate(cast.person("路人", 9))):
        sign_in_as(client, stranger)
        assert client.get(page).status_code == client.get(file).status_code == 404


def test_the_list_asks_the_same_however_long(client, cast, ruling, django_assert_num_queries):
    head = cast.actor("head_of_body")
    sign_in_as(client, head)
    client.get(reverse("recusal:late_grounds"))
    for rules in (["recusal.kin_of_candidate"], ["recusal.trained_for_item", "recusal.dispute"]):
        for rule in rules:
            prove(head, ruling, rule_id=rule, hidden=False)
        with django_assert_num_queries(8):
            assert client.get(reverse("recusal:late_grounds")).status_code == 200
