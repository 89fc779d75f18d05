"""Two persons for each rule version, nothing missing, nothing changed once it stands; the calendar of working days."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams.catalogue import queries
from exams.catalogue.actions import (
    confirm_edition,
    enter_all,
    enter_calendar,
    enter_edition,
    enter_text,
    put_in_force,
    return_edition,
    set_day,
)  # fmt: skip
from exams.catalogue.models import CalendarDay, Edition, Qualification
from exams.catalogue.plugs import put_due_editions_in_force
from exams.errors import NotPermitted, Refused, Stale
from exams.journal.models import Entry
from exams.journal.projection import differences
from exams.workdays import add
from tests.cast import Cast, sign_in_as

DATA = Path("exams/catalogue/data")
EXAMPLE = DATA / "example-ut-2.toml"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(cast: Cast) -> Any:
    return cast.actor("authority_officer", name="Ann")


@pytest.fixture
def bob(cast: Cast) -> Any:
    return cast.actor("authority_officer", name="Bob")


def refused(function: Any, **given: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        function(**given)
    return [objection.id for objection in caught.value.objections]


def later_version(text: str, on: str = "2026-06-01") -> str:
    return text.replace('version = "2026-01-01"', f'version = "{on}"').replace("effective_from = 2026-01-01", f"effective_from = {on}")


def test_the_whole_way(ann: Any, bob: Any) -> None:
    edition = enter_edition(by=ann, path=EXAMPLE)
    assert (edition.state, edition.is_example, edition.qualification.code) == ("draft", True, "UT-Ⅱ")
    put_in_force(by=ann, edition=confirm_edition(by=bob, edition=edition))
    edition.refresh_from_db()
    assert (edition.state, edition.confirmed_by_id) == ("in_force", bob.person_id)
    assert queries.plannable(edition.qualification, date(2026, 11, 1)) == edition
    assert list(Entry.objects.order_by("id").values_list("action", flat=True)) == [
        "catalogue.enter_edition", "catalogue.confirm_edition", "catalogue.put_in_force",
    ]  # fmt: skip
    assert list(differences(Edition)) == []


def test_a_value_changed_past_the_actions_is_found(ann: Any) -> None:
    edition = enter_edition(by=ann, path=EXAMPLE)
    values = {**edition.values, "age_min": {"value": 16, "source": "x"}}
    Edition.objects.filter(pk=edition.pk).update(values=values)
    assert [(found.pk, found.field) for found in differences(Edition)] == [(str(edition.pk), "values")]


def test_the_same_person_cannot_confirm(ann: Any) -> None:
    edition = enter_edition(by=ann, path=EXAMPLE)
    assert refused(confirm_edition, by=ann, edition=edition) == ["catalogue.same_person"]
    edition.refresh_from_db()
    assert edition.state == "draft"
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(confirmed_by=ann.person_id)


def test_unconfirmed_values_cannot_be_in_force(ann: Any) -> None:
    assert refused(put_in_force, by=ann, edition=enter_edition(by=ann, path=EXAMPLE)) == ["catalogue.unconfirmed"]


def test_the_rules_as_shipped_cannot_be_in_force_and_every_gap_is_listed(ann: Any, bob: Any) -> None:
    edition = enter_edition(by=ann, path=DATA / "tsg-z8001-2019.toml", key="RT-Ⅲ")
    confirm_edition(by=bob, edition=edition)
    with pytest.raises(Refused) as caught:
        put_in_force(by=bob, edition=edition)
    fields = [objection.params["field"] for objection in caught.value.objections]
    assert fields == [
        "Effective date", "Issuing authority", "No colour blindness", "Inspections on the performance form at least",
        "Pass validity (months)", "Certificate validity (years)", "Retakes allowed",
        "Conditions of education and experience", "Subjects",
    ]  # fmt: skip
    assert queries.plannable(edition.qualification, date(2026, 11, 1)) is None


def test_a_file_with_several_items_wants_a_name(ann: Any) -> None:
    assert refused(enter_edition, by=ann, path=DATA / "tsg-z8001-2019.toml") == ["catalogue.which_item"]
    assert len(enter_all(by=ann, path=DATA / "tsg-z8001-2019.toml")) == Qualification.objects.count() == 11


def test_a_confirmed_version_stands_still(ann: Any, bob: Any) -> None:
    edition = enter_edition(by=ann, path=EXAMPLE)
    text = EXAMPLE.read_text(encoding="utf-8").replace("value = 120", "value = 60")
    assert enter_text(by=ann, name="x.toml", text=text) == [edition]
    edition.refresh_from_db()
    assert edition.rulebook.subject("theory").minutes == 60
    confirm_edition(by=bob, edition=edition)
    assert refused(enter_edition, by=ann, path=EXAMPLE) == ["catalogue.edition_stands"]
    put_in_force(by=bob, edition=edition)
    assert refused(enter_edition, by=ann, path=EXAMPLE) == ["catalogue.edition_stands"]
    edition.refresh_from_db()
    with pytest.raises(Stale):
        return_edition(by=bob, edition=edition, reason="late thought")


def test_return_wants_a_reason_and_another_confirmation(ann: Any, bob: Any) -> None:
    edition = confirm_edition(by=bob, edition=enter_edition(by=ann, path=EXAMPLE))
    assert refused(return_edition, by=bob, edition=edition, reason=" ") == ["catalogue.reason"]
    return_edition(by=bob, edition=edition, reason="minutes")
    edition.refresh_from_db()
    assert (edition.state, edition.confirmed_by_id, edition.return_reason) == ("draft", None, "minutes")


def test_the_next_version_supersedes_and_the_old_one_still_judges_its_days(ann: Any, bob: Any) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    old = put_in_force(by=bob, edition=confirm_edition(by=bob, edition=enter_edition(by=ann, path=EXAMPLE)))
    (new,) = enter_text(by=ann, name="x.toml", text=later_version(text))
    put_in_force(by=bob, edition=confirm_edition(by=bob, edition=new))
    old.refresh_from_db()
    assert old.state == "superseded"
    item = old.qualification
    assert [queries.in_force(item, day) for day in (date(2025, 12, 31), date(2026, 5, 31), date(2026, 6, 1))] == [None, old, new]
    assert list(differences(Edition)) == []


def test_an_older_version_does_not_come_back(ann: Any, bob: Any) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    put_in_force(by=bob, edition=confirm_edition(by=bob, edition=enter_edition(by=ann, path=EXAMPLE)))
    (older,) = enter_text(by=ann, name="x.toml", text=later_version(text, "2025-06-01"))
    assert refused(put_in_force, by=bob, edition=confirm_edition(by=bob, edition=older)) == ["catalogue.older"]


@pytest.mark.parametrize(("today", "state"), [("2026-05-31", "confirmed"), ("2026-06-01", "in_force")])
def test_a_version_waits_for_its_day(ann: Any, bob: Any, time_machine_at: Any, today: str, state: str) -> None:
    (edition,) = enter_text(by=ann, name="x.toml", text=later_version(EXAMPLE.read_text(encoding="utf-8")))
    confirm_edition(by=bob, edition=edition)
    with time_machine_at(f"{today}T09:00:00+08:00"):
        if state == "confirmed":
            assert refused(put_in_force, by=bob, edition=edition) == ["catalogue.not_yet"]
        put_due_editions_in_force()
        put_due_editions_in_force()
    edition.refresh_from_db()
    assert edition.state == state


@pytest.fixture
def time_machine_at() -> Any:
    return lambda moment: time_machine.travel(moment, tick=False)


def test_a_faulty_file_enters_nothing_and_lists_every_line(ann: Any) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("age_min = { value = 18,", 'age_min = { value = "x",').replace("retakes", "retake")
    with pytest.raises(Refused) as caught:
        enter_text(by=ann, name="rules.toml", text=text)
    assert [objection.params["line"] for objection in caught.value.objections] == [19, 26]
    assert Edition.objects.count() == Qualification.objects.count() == 0


@pytest.mark.parametrize("capacity", ["verifier", "employer_clerk", "invigilator", "setter"])
def test_others_do_not_keep_the_catalogue(cast: Cast, capacity: str) -> None:
    with pytest.raises(NotPermitted):
        enter_edition(by=cast.actor(capacity), path=EXAMPLE)


def test_the_calendar_of_2026(ann: Any) -> None:
    enter_calendar(by=ann, path=DATA / "calendar-2026.toml")
    enter_calendar(by=ann, path=DATA / "calendar-2026.toml")
    calendar = queries.calendar()
    assert (len(calendar.holidays), len(calendar.workdays)) == (33, 6)
    assert add(date(2026, 9, 30), 5, calendar) == date(2026, 10, 13)
    assert queries.years_known() == [2026]
    set_day(by=ann, day=date(2026, 10, 8), kind="holiday", name="台风", source="x")
    assert add(date(2026, 9, 30), 5, queries.calendar()) == date(2026, 10, 14)
    set_day(by=ann, day=date(2026, 10, 8), kind="", name="", source="x")
    assert CalendarDay.objects.count() == 39


def test_faults_of_a_calendar_file(ann: Any, tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(
        'year = 2026\nsource = "x"\n[[workday]]\nname = "a"\ndays = [2026-01-05]\n'
        '[[holiday]]\nname = "b"\nfrom = 2027-01-01\nuntil = 2027-01-01\n'
    )
    assert refused(enter_calendar, by=ann, path=path) == ["catalogue.file", "catalogue.file"]


# -- pages --------------------------------------------------------------------------------------------------------------


def test_the_list_costs_the_same_for_one_and_for_three(client: Client, ann: Any, django_assert_num_queries: Any) -> None:
    sign_in_as(client, ann)
    address = reverse("catalogue:list")
    client.get(address)
    counts = []
    for name in ("ut-2", "mt-2", "elevator"):
        enter_edition(by=ann, path=DATA / f"example-{name}.toml")
        with CaptureQueriesContext(connection) as made:
            assert client.get(address).status_code == 200
        counts.append(len(made))
        with django_assert_num_queries(2):
            list(queries.with_editions(ann))
    assert counts[0] == counts[1] == counts[2]


def test_the_item_page_shows_each_value_with_its_source(client: Client, ann: Any, bob: Any) -> None:
    edition = enter_edition(by=ann, path=EXAMPLE)
    sign_in_as(client, ann)
    address = reverse("catalogue:item", args=[edition.qualification_id])
    page = client.get(address).content.decode()
    assert "Another person confirms" in page and "Example values" in page
    assert page.count("Example for demonstration, not a value of the regulation") >= 20
    answer = client.post(reverse("catalogue:move", args=[edition.pk, "confirm"]))
    assert answer.status_code == 409 and "catalogue.same_person" in answer.content.decode()
    sign_in_as(client, bob)
    assert client.post(reverse("catalogue:move", args=[edition.pk, "confirm"])).status_code == 302
    assert client.post(reverse("catalogue:move", args=[edition.pk, "in-force"])).status_code == 302
    edition.refresh_from_db()
    assert edition.state == "in_force"


def test_gaps_are_marked_on_the_page(client: Client, ann: Any) -> None:
    edition = enter_edition(by=ann, path=DATA / "tsg-z8001-2019.toml", key="RT-Ⅲ")
    sign_in_as(client, ann)
    page = client.get(reverse("catalogue:item", args=[edition.qualification_id])).content.decode()
    assert "The subjects of the printed rule have not been entered." in page
    assert "Still empty: Effective date." in page


def test_a_file_is_taken_over_the_web_with_all_its_faults(client: Client, ann: Any) -> None:
    sign_in_as(client, ann)
    text = EXAMPLE.read_text(encoding="utf-8")
    bad = SimpleUploadedFile("r.toml", text.replace("retakes", "retake").encode())
    answer = client.post(reverse("catalogue:enter_file"), {"file": bad})
    assert answer.status_code == 409 and "r.toml, line 26" in answer.content.decode()
    assert client.post(reverse("catalogue:enter_file"), {"file": SimpleUploadedFile("r.toml", b"\xff")}).status_code == 422
    assert client.post(reverse("catalogue:enter_file"), {"file": SimpleUploadedFile("r.toml", text.encode())}).status_code == 302
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("name", ["list", "calendar"])
def test_anyone_signed_in_reads_it_and_nobody_else(client: Client, cast: Cast, name: str) -> None:
    address = reverse(f"catalogue:{name}")
    assert client.get(address).status_code == 302
    sign_in_as(client, cast.stranger)
    assert client.get(address).status_code == 200
    sign_in_as(client, cast.actor("employer_clerk"))
    assert client.get(address).status_code == 200
    assert client.get(reverse("catalogue:enter")).status_code == 403
