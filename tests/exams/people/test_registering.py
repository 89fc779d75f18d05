"""Many persons and posts at once: what one entry would say, each table once, and the same person for the same document."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from exams.access import SYSTEM
from exams.errors import Refused
from exams.journal.models import Entry
from exams.people import registering
from exams.people.models import Employment, Person, Registration
from exams.people.registering import Stated
from tests.cast import Cast, id_number
from tests.counted import entries_counted

pytestmark = pytest.mark.django_db

NAMES = ["沈砚秋", "陈㙍", "欧阳静", "李明", "王五", "赵六"]
SINCE = date(2020, 3, 1)


def people(number: int) -> list[Stated]:
    return [Stated(name=NAMES[n], id_number=id_number(n + 1), phone=f"1380000000{n}") for n in range(number)]


def facts(name: str) -> list[dict[str, Any]]:
    return [json.loads(entry.body)["facts"] for entry in Entry.objects.filter(action=name).order_by("pk")]


@entries_counted
@pytest.mark.parametrize("number", [2, 6])
def test_registering_costs_the_same_for_two_and_six(cast: Cast, number: int, django_assert_num_queries: Any) -> None:
    by = cast.actor("exam_clerk")
    with django_assert_num_queries(7):
        found = registering.register(by, people(number))
    assert [person.name for person in found] == NAMES[:number]
    assert Registration.objects.filter(organisation=cast.body, person__in=found).count() == number
    assert [Person.objects.get(pk=person.pk).id_number for person in found] == [id_number(n + 1) for n in range(number)]
    with django_assert_num_queries(4):
        assert registering.register(by, people(number)) == found
    assert [said["new"] for said in facts("people.register_person")] == [True] * number + [False] * number


def test_the_same_document_twice_is_one_person_and_new_once(cast: Cast) -> None:
    (one, other) = people(2)
    found = registering.register(SYSTEM, [one, other, one])
    assert found[0] == found[2] != found[1]
    assert [said["new"] for said in facts("people.register_person")] == [True, True, False]


def test_one_wrong_entry_stops_all_and_every_fault_is_named(cast: Cast) -> None:
    wrong = [Stated(name="", id_number=id_number(8)), Stated(name="李明", id_number=id_number(9)[:-1])]
    with pytest.raises(Refused) as caught:
        registering.register(SYSTEM, [*people(2), *wrong])
    assert [one.id for one in caught.value.objections] == ["identity.no_name", "identity.too_short"]
    assert not Person.objects.exists()


def test_one_document_under_two_names_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        registering.register(SYSTEM, [*people(1), Stated(name="别人", id_number=id_number(1))])
    assert [one.id for one in caught.value.objections] == ["people.other_name"]


@entries_counted
@pytest.mark.parametrize("number", [2, 6])
def test_posts_cost_the_same_for_two_and_six(cast: Cast, number: int, django_assert_num_queries: Any) -> None:
    persons, employer = registering.register(SYSTEM, people(number)), cast.employer
    with django_assert_num_queries(6):
        posts = registering.employ(SYSTEM, employer, dict.fromkeys(persons, SINCE))
    assert [(post.person, post.since, post.until) for post in posts] == [(person, SINCE, None) for person in persons]
    assert facts("people.record_employment") == [{"since": "2020-03-01", "until": None}] * number


def test_who_has_a_post_there_gets_no_second_one(cast: Cast) -> None:
    one, two, three = registering.register(SYSTEM, people(3))
    registering.employ(SYSTEM, cast.employer, {one: SINCE})
    Employment.objects.create(person=two, organisation=cast.employer, since=SINCE, until=SINCE)
    Employment.objects.create(person=three, organisation=cast.other_employer, since=SINCE)
    made = registering.employ(SYSTEM, cast.employer, dict.fromkeys((one, two, three), date(2026, 1, 1)))
    assert [post.person for post in made] == [two, three]
