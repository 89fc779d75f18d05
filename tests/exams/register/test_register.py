"""The register: bars at their first and last day, who enters them, and the pages for the stranger."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exams.catalogue.models import Qualification
from exams.errors import NotPermitted, Refused, Stale
from exams.journal.projection import differences
from exams.people.models import Person, Registration
from exams.register.actions import enter_bar, enter_integrity, lift_bar, record_certificate
from exams.register.models import Bar, Certificate
from exams.register.queries import active_bars, barred, held_codes, records_of
from tests.cast import Cast, id_number, sign_in_as

SINCE, UNTIL = date(2026, 3, 1), date(2027, 2, 28)
DECIDED = {"reason": "伪造业绩", "basis": "行政许可法 Art. 78", "decided_by": "云泽省市场监督管理局"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def bar(cast: Cast) -> Bar:
    person = cast.person("王五", 1)
    return enter_bar(by=cast.actor("authority_officer"), person=person, kind="false_material", since=SINCE, until=UNTIL, **DECIDED)


@pytest.mark.parametrize(("day", "barring"), [(-1, False), (0, True), (1, True)])
def test_the_first_day(bar: Bar, day: int, barring: bool) -> None:
    assert active_bars(bar.person_id, SINCE + timedelta(days=day)).exists() is barring


@pytest.mark.parametrize(("day", "barring"), [(-1, True), (0, True), (1, False)])
def test_the_last_day(bar: Bar, day: int, barring: bool) -> None:
    on = UNTIL + timedelta(days=day)
    assert active_bars(bar.person_id, on).exists() is barring
    assert barred([bar.person_id], on) == ({bar.person_id: UNTIL} if barring else {})


def test_lifted_once_with_a_reason(cast: Cast, bar: Bar) -> None:
    officer = cast.actor("authority_officer")
    with pytest.raises(Refused):
        lift_bar(by=officer, bar=bar, reason=" ")
    lift_bar(by=officer, bar=bar, reason="决定已撤销")
    assert not active_bars(bar.person_id, SINCE).exists()
    with pytest.raises(Stale):
        lift_bar(by=officer, bar=bar, reason="again")
    assert list(differences(Bar)) == []


def test_an_integrity_entry_bars_nothing(cast: Cast) -> None:
    person = cast.person("王五", 1)
    enter_integrity(by=cast.actor("authority_officer"), person=person, happened_on=SINCE, text="夹带")
    assert not active_bars(person.pk, SINCE).exists()


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"kind": "whim"}, ["register.kind"]),
        ({"until": date(2026, 2, 28)}, ["register.period"]),
        ({"basis": " "}, ["register.grounds"]),
        ({"kind": "whim", "reason": ""}, ["register.kind", "register.grounds"]),
    ],
)
def test_must_refuse(cast: Cast, changes: dict[str, Any], ids: list[str]) -> None:
    given = {"kind": "fraud", "since": SINCE, "until": UNTIL, **DECIDED, **changes}
    with pytest.raises(Refused) as caught:
        enter_bar(by=cast.actor("authority_officer"), person=cast.person("王五", 1), **given)
    assert [objection.id for objection in caught.value.objections] == ids


@pytest.mark.parametrize("capacity", ["exam_clerk", "head_of_body", "employer_clerk", "verifier"])
def test_only_the_authority_enters(cast: Cast, capacity: str) -> None:
    with pytest.raises(NotPermitted):
        enter_bar(by=cast.actor(capacity), person=cast.person("王五", 1), kind="fraud", since=SINCE, until=UNTIL, **DECIDED)


def certificate(cast: Cast, number: str = "TS-1") -> Certificate:
    item, _made = Qualification.objects.get_or_create(code="UT-Ⅱ", defaults={"name_zh": "超声", "regulation": "x", "family": "UT"})
    person = Person.objects.filter(name="王五").first() or cast.person("王五", 1)
    return record_certificate(
        by=cast.actor("authority_officer"),
        person=person,
        qualification=item,
        number=number,
        issued_on=SINCE,
        valid_until=UNTIL,
        issued_by="x",
    )


def test_a_certificate_number_once(cast: Cast) -> None:
    held = certificate(cast)
    with pytest.raises(Refused) as caught:
        certificate(cast)
    assert caught.value.objections[0].id == "register.number_taken"
    assert held_codes(held.person_id) == {"UT-Ⅱ"}
    Certificate.objects.update(state="revoked")
    assert held_codes(held.person_id) == frozenset()


def test_the_record_of_many_is_that_of_each(cast: Cast, bar: Bar, django_assert_num_queries: Any) -> None:
    older, newer = certificate(cast, "TS-1"), certificate(cast, "TS-2")
    Certificate.objects.filter(pk=newer.pk).update(issued_on=SINCE + timedelta(days=1))
    other = cast.person("李四", 2)
    with django_assert_num_queries(2):
        records = records_of([bar.person_id, other.pk], SINCE)
    mine, theirs = records[bar.person_id], records[other.pk]
    assert (mine.codes, theirs.codes) == (held_codes(bar.person_id), frozenset()) == ({"UT-Ⅱ"}, frozenset())
    assert (mine.bars, theirs.bars) == (list(active_bars(bar.person_id, SINCE)), []) == ([bar], [])
    assert mine.certificate(older.qualification_id) == newer and theirs.certificate(older.qualification_id) is None
    assert records_of([bar.person_id], UNTIL + timedelta(days=1))[bar.person_id].bars == []
    Certificate.objects.update(state="revoked")
    assert records_of([bar.person_id], SINCE)[bar.person_id].certificates == []


def test_pages_for_reader_stranger_and_the_person(client: Client, cast: Cast, bar: Bar) -> None:
    held = certificate(cast)
    Registration.objects.create(organisation=cast.body, person=bar.person)
    for name, shown in (("bars", "王五"), ("certificates", held.number)):
        address = reverse(f"register:{name}")
        sign_in_as(client, cast.actor("exam_clerk"))
        assert shown in client.get(address).content.decode()
        sign_in_as(client, cast.stranger)
        assert shown not in client.get(address).content.decode()
        sign_in_as(client, cast.actor("invigilator"))
        assert client.get(address).status_code == 403
    sign_in_as(client, cast.candidate(bar.person))
    page = client.get(reverse("register:own")).content.decode()
    assert "One year" in page or "one year" in page


def test_a_bar_is_entered_on_the_page_by_number(client: Client, cast: Cast) -> None:
    cast.person("王五", 1)
    sign_in_as(client, cast.actor("authority_officer"))
    form = {"id_number": id_number(1), "kind": "fraud", "since": "2026-03-01", "until": "2029-02-28", **DECIDED}
    assert client.post(reverse("register:enter_bar"), {**form, "id_number": id_number(2)}).status_code == 422
    assert client.post(reverse("register:enter_bar"), form).status_code == 302
    assert Bar.objects.get().person.name == "王五"
