"""The wall, as an opponent meets it: every address and every socket of the question bank, before and after it goes up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from exams import clock
from exams.access import PERMISSIONS, Actor, may
from exams.appointments.consumer import GuardedConsumer
from exams.interests.models import TrainingEngagement
from exams.people.models import Employment
from question_bank.routing import websocket_urlpatterns
from tests.cast import sign_in_as
from tests.question_bank.bank import SECRET

pytestmark = pytest.mark.django_db

NAMESPACES = ("questions", "review", "blueprints", "assembly", "papers")
INSIDERS = ("setter", "reviewer", "question_approver", "assembler", "paper_approver", "custodian", "chief", "head_of_body")
OUTSIDERS = (
    "training_manager", "employer_clerk", "system_administrator", "security_administrator", "audit_administrator",
    "authority_officer", "oversight_inspector", "exam_clerk", "invigilator", "marker",
)  # fmt: skip


def patterns() -> Iterator[tuple[str, list[str]]]:
    """Every named address of the bank with the names of its arguments."""
    for entry in get_resolver().url_patterns:
        if isinstance(entry, URLResolver) and str(entry.pattern) == "bank/":
            for subject in entry.url_patterns:
                for page in subject.url_patterns:
                    assert isinstance(page, URLPattern)
                    yield f"{subject.namespace}:{page.name}", list(page.pattern.converters)


ADDRESSES = list(patterns())


def trains(actor: Actor, bank, *, family: str = "UT", years_ago: int = 0) -> None:
    """The person turns out to train."""
    day = clock.today() - timedelta(days=366 * years_ago)
    TrainingEngagement.objects.create(
        person_id=actor.person_id, organisation=bank.cast.training_body, family=family, since=day - timedelta(days=30),
        until=day if years_ago else None, recorded_at=datetime.now(UTC),
    )  # fmt: skip


def addresses(bank) -> list[str]:
    """Every address, filled in with things that exist."""
    question, paper = bank.question(77), bank.drawn
    found = []
    for name, arguments in ADDRESSES:
        subject = name.split(":")[0]
        pk = {"questions": question.pk, "review": question.pk, "blueprints": bank.blueprint.pk}.get(subject, paper.pk)
        pk = bank.blueprint.pk if name == "assembly:draw" else pk
        values = {"pk": pk, "link_pk": question.pk}
        found.append(reverse(name, kwargs={argument: values[argument] for argument in arguments}))
    return found


def test_the_enumeration_sees_every_subject():
    assert {name.split(":")[0] for name, _arguments in ADDRESSES} == set(NAMESPACES)
    assert len(ADDRESSES) == 32


def test_every_permission_of_the_bank_stands_behind_the_wall():
    subjects = ("questions.", "review.", "blueprints.", "assembly.", "papers.")
    of_bank = [declared for name, declared in PERMISSIONS.items() if name.startswith(subjects)]
    assert len(of_bank) == 33
    assert [declared.name for declared in of_bank if declared.gate is None] == []
    closed_to = {"candidate", "anyone", "public", "training_manager", "authority_officer", "oversight_inspector"}
    closed_to |= {"system_administrator", "security_administrator", "audit_administrator"}
    assert [declared.name for declared in of_bank if declared.capacities & closed_to] == []


@pytest.mark.parametrize("capacity", OUTSIDERS)
def test_outsiders_get_nothing_by_any_address(bank, client, capacity):
    paths = addresses(bank)
    sign_in_as(client, bank.cast.actor(capacity))
    for path in paths:
        for answer in (client.get(path), client.post(path, {})):
            assert answer.status_code in (403, 404, 405), path
            assert SECRET.encode() not in answer.content


def test_the_person_without_a_capacity_and_the_one_not_signed_in_get_nothing(bank, client):
    paths = addresses(bank)
    for path in paths:
        assert client.get(path).status_code in (302, 405), path
    person = bank.cast.person("某培训教师", 901)
    sign_in_as(client, bank.cast.candidate(person))
    for path in paths:
        assert client.get(path).status_code in (403, 404, 405), path


@pytest.mark.parametrize("capacity", INSIDERS)
def test_whoever_trains_gets_nothing_by_any_address_from_the_next_request_on(bank, client, capacity):
    paths = addresses(bank)
    actor = {"setter": bank.setter}.get(capacity) or bank.actor(capacity, name=f"后来培训的{capacity}")
    sign_in_as(client, actor)
    before = [client.get(path).status_code for path in paths]
    assert 200 in before
    trains(actor, bank)
    for path in paths:
        for answer in (client.get(path), client.post(path, {})):
            assert answer.status_code in (403, 404, 405), path
            assert SECRET.encode() not in answer.content


def test_training_for_another_item_closes_the_bank_while_it_lasts(bank):
    trains(bank.setter, bank, family="GUOLU")
    verdict = may(bank.setter, "questions.list")
    assert not verdict
    assert verdict.reason.id == "question_bank.trainer"


@pytest.mark.parametrize(("years_ago", "family", "allowed"), [(2, "UT", False), (4, "UT", True), (2, "GUOLU", True)])
def test_the_cooling_off_period_of_one_s_own_items(bank, years_ago, family, allowed):
    bank.person(bank.setter).appointments.update(families=["UT"])
    trains(bank.setter, bank, family=family, years_ago=years_ago)
    assert bool(may(bank.setter, "questions.list")) is allowed


def test_a_post_in_a_training_body_closes_the_bank(bank):
    Employment.objects.create(person_id=bank.setter.person_id, organisation=bank.cast.training_body, since=clock.today())
    assert may(bank.setter, "questions.list").reason.id == "question_bank.trainer"


@pytest.mark.parametrize(
    "change",
    [
        {"state": "revoked"},
        {"until": clock.today() - timedelta(days=1)},
        {"since": clock.today() + timedelta(days=1)},
        {"capacity": "marker"},
    ],
)
def test_a_lost_appointment_closes_the_bank_for_an_actor_made_before(bank, change):
    assert may(bank.setter, "questions.list")
    if "until" in change:
        change = {"since": change["until"] - timedelta(days=1), **change}
    bank.person(bank.setter).appointments.update(**change)
    assert may(bank.setter, "questions.list").reason.id == "question_bank.no_appointment"


def test_without_the_second_factor_the_bank_is_closed(bank):
    actor = bank.cast.actor("setter", name="单因素", verified=False)
    assert may(actor, "questions.list").reason.id == "access.second_factor"


def test_another_body_gets_not_found(bank, client):
    paths = [path for path in addresses(bank) if any(part.count("-") == 4 for part in path.split("/"))]
    for capacity in INSIDERS:
        sign_in_as(client, bank.actor(capacity, bank.cast.other_body, name="外单位"))
        for path in paths:
            for answer in (client.get(path), client.post(path, {})):
                assert answer.status_code in (403, 404, 405), (capacity, path)




def test_every_socket_of_the_bank_is_guarded_by_a_permission_behind_the_wall():
    consumers = [route.callback.consumer_class for route in websocket_urlpatterns]
    assert [consumer.__name__ for consumer in consumers] == ["EditorConsumer"]
    assert all(issubclass(consumer, GuardedConsumer) and PERMISSIONS[consumer.needs].gate is not None for consumer in consumers)


def test_the_wall_closes_the_download_of_a_print_and_of_a_finished_job(bank, client, django_capture_on_commit_callbacks):
    paper, keeper = bank.opened, bank.custodian("保甲")
    sign_in_as(client, keeper)
    printed = client.post(reverse("papers:print", args=[paper.pk]), {"label": "A", "part": "answers", "copies": "1"}).url
    with django_capture_on_commit_callbacks(execute=True):
        job = client.post(reverse("papers:print_all", args=[paper.pk]), {"copies": "2"}).url
    result = f"{job}result/"
    assert client.get(printed).status_code == 200
    assert client.get(job).status_code == 200
    assert client.get(result, follow=True).status_code == 200
    trains(keeper, bank)
    assert [client.get(path, follow=True).status_code for path in (printed, job, result)] == [404, 404, 404]
