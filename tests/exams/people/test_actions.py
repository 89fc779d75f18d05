"""Registering persons and organisations, posts, kin, and looking at a number: what is done, refused, and kept."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from exams.access import SYSTEM, Actor
from exams.errors import NotPermitted, Refused
from exams.journal.models import Detail, Entry
from exams.people import actions, news
from exams.people.models import Employment, KinEdge, Organisation, Person, Registration
from exams.people.queries import found_by_number, index_of, persons_visible_to
from tests.cast import Cast, id_number

NUMBER = id_number(7)


def register(by: Actor = SYSTEM, name: str = "沈砚秋", number: str = NUMBER, **more: Any) -> Person:
    return actions.register_person(by=by, name=name, id_number=number, **more)


def refused(error: Any) -> list[str]:
    return [objection.id for objection in error.value.objections]


# -- persons -------------------------------------------------------------------------------------


def test_a_person_is_registered_with_what_the_number_says(cast: Cast) -> None:
    person = register(cast.actor("exam_clerk"), phone="138 1234 5678")
    person.refresh_from_db()
    assert (person.birth_date, person.sex, person.id_number, person.phone) == (date(1985, 3, 14), "male", NUMBER, "13812345678")
    assert person.name_key == "shenyanqiu syq 沈砚秋"
    assert Registration.objects.filter(person=person, organisation=cast.body).count() == 1


def test_the_same_document_and_name_is_the_same_person(cast: Cast) -> None:
    first = register(cast.actor("exam_clerk"))
    again = register(cast.actor("employer_clerk"), name=" 沈 砚秋 ", number=f" {NUMBER[:6]} {NUMBER[6:]}")
    assert again == first
    assert Person.objects.filter(id_index=index_of("resident_id", NUMBER)).count() == 1
    assert persons_visible_to(cast.actor("employer_clerk")).contains(first)


def test_the_same_document_under_another_name_is_refused_and_names_nobody(cast: Cast) -> None:
    register()
    with pytest.raises(Refused) as error:
        register(cast.actor("employer_clerk"), name="贺兰静")
    assert refused(error) == ["people.other_name"]
    assert "沈砚秋" not in json.dumps(error.value.objections[0].as_json(), ensure_ascii=False)
    assert not Registration.objects.exists()


def test_every_fault_of_an_entry_is_named_at_once(db: None) -> None:
    with pytest.raises(Refused) as error:
        register(name="张3", number="11010119900230002X", phone="12")
    assert refused(error) == ["identity.strange_name", "identity.no_such_date", "identity.check_character", "identity.phone"]


def test_other_documents_do_not_meet_a_resident_with_the_same_number(db: None) -> None:
    taiwan = register(number="12345678", document_type="taiwan", sex="female", birth_date=date(1990, 1, 2))
    passport = register(number="12345678", document_type="passport")
    assert taiwan != passport
    assert (taiwan.sex, taiwan.birth_date) == ("female", date(1990, 1, 2))


def test_a_number_alone_finds_nobody(db: None) -> None:
    person = register()
    assert found_by_number("resident_id", NUMBER, "沈砚秋") == person
    assert found_by_number("resident_id", NUMBER, "") is None
    assert found_by_number("resident_id", id_number(8), "沈砚秋") is None


def test_the_journal_holds_neither_number_nor_name_in_what_is_hashed(cast: Cast) -> None:
    register(cast.actor("exam_clerk"))
    bodies = b"".join(bytes(body) for body in Entry.objects.values_list("body", flat=True))
    assert NUMBER.encode() not in bodies
    assert "沈砚秋".encode() not in bodies
    details = b"".join(bytes(data) for data in Detail.objects.values_list("data", flat=True))
    assert NUMBER.encode() not in details


def test_numbers_lie_encrypted_in_the_database(db: None) -> None:
    register(phone="13812345678")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM exams_person")
        kept = " ".join(str(value) for value in cursor.fetchone())
    assert NUMBER not in kept
    assert "13812345678" not in kept
    assert NUMBER[6:14] not in kept


def test_swapped_ciphertexts_do_not_open(db: None) -> None:
    one, two = register(), register(name="贺兰静", number=id_number(8))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM exams_person WHERE name = %s", [two.name])
        (other,) = cursor.fetchone()
        cursor.execute("UPDATE exams_person SET id_number = %s WHERE name = %s", [other, one.name])
    assert Person.objects.get(pk=two.pk).id_number == id_number(8)
    with pytest.raises(InvalidTag):
        _ = Person.objects.get(pk=one.pk).id_number


def test_a_phone_in_the_place_of_a_number_does_not_open(db: None) -> None:
    one = register(phone="13812345678")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE exams_person SET id_number = phone")
    with pytest.raises(InvalidTag):
        _ = Person.objects.get(pk=one.pk).id_number


def test_a_correction_keeps_both_values_beside_the_record(cast: Cast) -> None:
    clerk = cast.actor("exam_clerk")
    person = register(clerk)
    actions.correct_person(by=clerk, person=person, name="沈砚丘", phone="13912345678", reason="misread document")
    person.refresh_from_db()
    assert (person.name, person.phone, person.id_number) == ("沈砚丘", "13912345678", NUMBER)
    said = json.loads(bytes(Detail.objects.get(entry__action="people.correct_person").data))["private"]
    assert (said["before"]["name"], said["after"]["name"]) == ("沈砚秋", "沈砚丘")


def test_the_stranger_corrects_nobody(cast: Cast) -> None:
    person = register(cast.actor("exam_clerk"))
    with pytest.raises(NotPermitted):
        actions.correct_person(by=cast.stranger, person=person, name="某某", reason="because")


# -- who sees whom -------------------------------------------------------------------------------


def test_reach(cast: Cast) -> None:
    clerk, employer, stranger = cast.actor("exam_clerk"), cast.actor("employer_clerk"), cast.stranger
    registered = register(clerk)
    employed = register(SYSTEM, "贺兰静", id_number(8))
    Employment.objects.create(person=employed, organisation=cast.employer, since=date(2020, 1, 1))
    appointed = register(SYSTEM, "马骏", id_number(9))
    cast.appoint(appointed, "invigilator", cast.body)
    three = {registered, employed, appointed}
    seen = {actor.capacity: three & set(persons_visible_to(actor)) for actor in (clerk, employer)}
    assert seen == {"exam_clerk": {registered, appointed}, "employer_clerk": {employed}}
    assert three & set(persons_visible_to(stranger)) == set()
    assert three & set(persons_visible_to(cast.actor("invigilator"))) == set()
    assert three & set(persons_visible_to(cast.actor("system_administrator"))) == three
    assert three & set(persons_visible_to(Actor())) == set()
    assert set(persons_visible_to(cast.candidate(registered))) == {registered}


# -- looking at a number -------------------------------------------------------------------------


def test_a_number_is_shown_for_a_purpose_which_stays_on_record(cast: Cast) -> None:
    clerk = cast.actor("exam_clerk")
    person = register(clerk, phone="13812345678")
    shown = actions.show_in_full(by=clerk, person=person, purpose="compare with the certificate")
    assert shown == {"id_number": NUMBER, "phone": "13812345678"}
    body = json.loads(bytes(Entry.objects.get(action="people.show_in_full").body))
    assert body["facts"]["purpose"] == "compare with the certificate"
    assert body["object"]["id"] == str(person.pk)


@pytest.mark.parametrize("purpose", ["", "   ", "x", "abc"])
def test_without_a_purpose_nothing_is_shown(cast: Cast, purpose: str) -> None:
    clerk = cast.actor("exam_clerk")
    with pytest.raises(Refused) as error:
        actions.show_in_full(by=clerk, person=register(clerk), purpose=purpose)
    assert refused(error) == ["people.purpose"]


@pytest.mark.parametrize(
    "capacity", ["system_administrator", "authority_officer", "verifier", "invigilator", "setter", "audit_administrator"]
)
def test_who_may_look_at_somebody_elses_number(cast: Cast, capacity: str) -> None:
    person = register(cast.actor("exam_clerk"))
    allowed = {"system_administrator", "authority_officer", "verifier"}
    if capacity in allowed:
        assert actions.show_in_full(by=cast.actor(capacity), person=person, purpose="statutory check")["id_number"] == NUMBER
        return
    with pytest.raises(NotPermitted):
        actions.show_in_full(by=cast.actor(capacity), person=person, purpose="statutory check")


def test_the_stranger_is_denied_and_that_is_on_record(cast: Cast) -> None:
    person = register(cast.actor("exam_clerk"))
    with pytest.raises(NotPermitted):
        actions.show_in_full(by=cast.stranger, person=person, purpose="curiosity, nothing else")
    assert Entry.objects.get(action="people.show_in_full").outcome == "denied"


# -- organisations -------------------------------------------------------------------------------

CODE = "91350100M000100Y43"


def test_an_organisation_is_entered_once(cast: Cast) -> None:
    by = cast.actor("system_administrator")
    made = actions.register_organisation(by=by, kind="employer", name="临江锅炉检验所", credit_code=CODE.lower())
    assert (made.credit_code, made.name_key) == (CODE, "linjiangguolujianyansuo ljgljys 临江锅炉检验所")
    with pytest.raises(Refused) as error:
        actions.register_organisation(by=by, kind="employer", name="另一家", credit_code=CODE)
    assert refused(error) == ["people.credit_code_taken"]


def test_faults_of_an_organisation(cast: Cast) -> None:
    with pytest.raises(Refused) as error:
        actions.register_organisation(by=SYSTEM, kind="sect", name="", credit_code="1")
    assert refused(error) == ["identity.credit_code", "people.organisation_name", "people.organisation_kind"]


@pytest.mark.parametrize(
    ("capacity", "kind", "allowed"),
    [
        ("exam_clerk", "employer", True),
        ("exam_clerk", "exam_body", False),
        ("head_of_body", "issuing_authority", False),
        ("authority_officer", "exam_body", True),
        ("authority_officer", "employer", False),
        ("system_administrator", "issuing_authority", True),
        ("employer_clerk", "employer", False),
        ("security_administrator", "employer", False),
    ],
)
def test_who_enters_which_kind(cast: Cast, capacity: str, kind: str, allowed: bool) -> None:
    by = cast.actor(capacity)
    before = Organisation.objects.count()
    if allowed:
        actions.register_organisation(by=by, kind=kind, name="某单位", credit_code=CODE)
    else:
        with pytest.raises(NotPermitted):
            actions.register_organisation(by=by, kind=kind, name="某单位", credit_code=CODE)
    assert Organisation.objects.count() - before == int(allowed)


# -- posts ---------------------------------------------------------------------------------------


def test_a_post_is_recorded_and_ended(cast: Cast) -> None:
    clerk = cast.actor("employer_clerk")
    person = register(clerk)
    post = actions.record_employment(by=clerk, person=person, organisation=cast.employer, since=date(2020, 3, 1), post="检验员")
    with pytest.raises(Refused) as error:
        actions.record_employment(by=clerk, person=person, organisation=cast.employer, since=date(2021, 3, 1))
    assert refused(error) == ["people.employed_already"]
    with pytest.raises(Refused) as error:
        actions.end_employment(by=clerk, employment=post, until=date(2020, 2, 29))
    assert refused(error) == ["people.period"]
    actions.end_employment(by=clerk, employment=post, until=date(2026, 10, 31))
    with pytest.raises(Refused) as error:
        actions.end_employment(by=clerk, employment=post, until=date(2030, 1, 1))
    assert refused(error) == ["people.employment_ended"]
    assert Employment.objects.get().until == date(2026, 10, 31)


def test_nobody_records_posts_of_another_organisation(cast: Cast) -> None:
    person = register()
    for by in (cast.stranger, cast.actor("employer_clerk"), cast.actor("exam_clerk")):
        with pytest.raises(NotPermitted):
            actions.record_employment(by=by, person=person, organisation=cast.other_employer, since=date(2020, 1, 1))


# -- kin -----------------------------------------------------------------------------------------


def declare(by: Actor, person: Person, **more: Any) -> KinEdge:
    given = {"relation": "father", "relative_name": "沈老", "relative_id_number": id_number(9, date(1955, 5, 5))} | more
    return actions.declare_kin(by=by, person=person, **given)


def test_kin_is_declared_by_oneself(cast: Cast) -> None:
    person = register()
    edge = declare(cast.candidate(person), person)
    assert edge.relative_index == index_of("resident_id", id_number(9, date(1955, 5, 5)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM exams_kinedge")
        assert "沈老" not in " ".join(str(value) for value in cursor.fetchone())


def test_nobody_declares_for_others(cast: Cast) -> None:
    person = register()
    for by in (cast.stranger, cast.actor("exam_clerk"), cast.actor("head_of_body"), cast.candidate(cast.person("某人", 33))):
        with pytest.raises(NotPermitted):
            declare(by, person)
    assert not KinEdge.objects.exists()


def test_a_child_may_be_declared(cast: Cast) -> None:
    person = register()
    assert declare(cast.candidate(person), person, relation="daughter", relative_id_number=id_number(4, date(2024, 1, 1))).pk


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"relation": "friend"}, ["people.relation"]),
        ({"relative_id_number": NUMBER}, ["people.own_kin"]),
        ({"relative_id_number": "123"}, ["identity.too_short"]),
        ({"relative_name": ""}, ["identity.no_name"]),
        ({"relation": "", "relative_name": "1", "relative_id_number": ""}, ["identity.strange_name", "identity.empty", "people.relation"]),
    ],
)
def test_faults_of_a_declaration(cast: Cast, more: dict[str, str], expected: list[str]) -> None:
    person = register()
    with pytest.raises(Refused) as error:
        declare(cast.candidate(person), person, **more)
    assert refused(error) == expected


def test_a_declaration_is_made_once_withdrawn_once_and_made_again(cast: Cast) -> None:
    person = register()
    own = cast.candidate(person)
    edge = declare(own, person)
    with pytest.raises(Refused) as error:
        declare(own, person)
    assert refused(error) == ["people.declared_already"]
    actions.withdraw_kin(by=own, edge=edge, reason="wrong person")
    with pytest.raises(Refused) as error:
        actions.withdraw_kin(by=own, edge=edge, reason="wrong person")
    assert refused(error) == ["people.withdrawn_already"]
    assert declare(own, person).pk != edge.pk
    assert KinEdge.objects.count() == 2


def test_news_are_told_after_the_commit(cast: Cast, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(news.NEWS, "_entries", {})
    news.on_news("test.listener")(heard.append)
    person = register()
    with django_capture_on_commit_callbacks(execute=True):
        declare(cast.candidate(person), person)
        assert heard == []
    assert heard == [frozenset({person.pk})]


def test_every_relation_is_known_to_the_kinship_rules() -> None:
    from exams.people.relations import TITLES
    from exams.recusal.kinship import RELATIONS

    assert set(TITLES) <= set(RELATIONS)
