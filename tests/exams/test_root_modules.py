"""The small root modules: registry, life cycle, encryption, clock, keys, sentences."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from exams import clock, keyfiles, keys, lifecycle, verdicts
from exams.access import PERMISSIONS, Permission
from exams.capacities import CAPACITIES, EXCLUSIONS, excludes
from exams.clock import Installation
from exams.encryption import EncryptedField, blind_index, decrypt_bytes, encrypt_bytes
from exams.errors import Refused, Stale, refuse
from exams.people.models import Authenticator, Organisation, Person
from exams.registry import Registry
from exams.verdicts import Objection

# -- registry --------------------------------------------------------------------------------------------------------------


def test_ids_are_unique_and_the_order_is_by_id():
    registry = Registry("test")
    registry.register("b")(lambda: 2)
    registry.register("a", title="A")(lambda: 1)
    assert [(entry.id, entry()) for entry in registry] == [("a", 1), ("b", 2)]
    assert registry.get("a").title == "A"
    with pytest.raises(ValueError, match="already"):
        registry.register("a")(lambda: 3)


# -- life cycle --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def cycle(monkeypatch):
    monkeypatch.setattr(lifecycle, "LIFECYCLES", dict(lifecycle.LIFECYCLES))
    lifecycle.transitions(Organisation, {"draft": {"submit": "sent"}}, field="name_en")


@pytest.mark.django_db
def test_only_one_of_two_movers_wins(cycle, cast):
    Organisation.objects.filter(pk=cast.body.pk).update(name_en="draft")
    first, second = Organisation.objects.get(pk=cast.body.pk), Organisation.objects.get(pk=cast.body.pk)
    lifecycle.move(first, "submit", name="moved")
    assert (first.name_en, first.name) == ("sent", "moved")
    with pytest.raises(Stale):
        lifecycle.move(second, "submit")


@pytest.mark.django_db
def test_an_unlawful_verb_is_stale(cycle, cast):
    Organisation.objects.filter(pk=cast.body.pk).update(name_en="sent")
    row = Organisation.objects.get(pk=cast.body.pk)
    assert not lifecycle.can(row, "submit")
    with pytest.raises(Stale):
        lifecycle.move(row, "submit")


def drafts(cast, number):
    rows = [Organisation(kind="employer", name=f"O{n}", name_en="draft", credit_code=f"91110000MA9999990{n}") for n in range(number)]
    return Organisation.objects.bulk_create(rows)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_many_are_moved_with_two_queries(cycle, cast, django_assert_num_queries, number):
    rows = drafts(cast, number)
    with django_assert_num_queries(2):
        lifecycle.move_many(rows, "submit", kind="training_body")
    assert {(row.name_en, row.kind) for row in rows} == {("sent", "training_body")}
    assert Organisation.objects.filter(name_en="sent", kind="training_body").count() == number
    lifecycle.move_many([], "submit")


@pytest.mark.django_db
def test_one_that_somebody_moved_first_stops_all_and_is_named(cycle, cast):
    rows = drafts(cast, 3)
    Organisation.objects.filter(pk=rows[1].pk).update(name_en="sent")
    for moved in (rows, [rows[0], Organisation.objects.get(pk=rows[1].pk)]):
        with pytest.raises(Stale) as caught:
            lifecycle.move_many(moved, "submit", kind="training_body")
        assert caught.value.obj.pk == rows[1].pk
    assert rows[0].name_en == "draft"
    assert Organisation.objects.filter(kind="training_body").count() == 0


# -- encryption ----------------------------------------------------------------------------------------------------------------


def column(pk: object, field: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {field} FROM exams_person WHERE id = %s", [pk.hex if connection.vendor == "sqlite" else pk])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_an_identity_number_lies_encrypted_and_reads_plain(cast):
    person = cast.person("陈㙍", 7)
    assert person.id_number not in column(person.pk, "id_number")
    assert Person.objects.get(pk=person.pk).id_number == person.id_number


@pytest.mark.django_db
def test_two_rows_secrets_cannot_be_swapped(cast):
    one, other = cast.person("甲", 1), cast.person("乙", 2)
    with connection.cursor() as cursor:
        pk = one.pk.hex if connection.vendor == "sqlite" else one.pk
        cursor.execute("UPDATE exams_person SET id_number = %s WHERE id = %s", [column(other.pk, "id_number"), pk])
    with pytest.raises(InvalidTag):
        _ = Person.objects.get(pk=one.pk).id_number


@pytest.mark.django_db
def test_saving_again_keeps_the_secret_and_values_never_shows_it(cast):
    person = Person.objects.get(pk=cast.person("甲", 1).pk)
    person.name = "丙"
    person.save()
    again = Person.objects.get(pk=person.pk)
    assert again.id_number[-4:].isalnum() and len(again.id_number) == 18
    assert again.id_number not in str(Person.objects.values_list("id_number", flat=True)[0])


@pytest.mark.django_db
def test_an_encrypted_column_refuses_update_and_filter(cast):
    cast.person("甲", 1)
    with pytest.raises(TypeError):
        Person.objects.update(phone="13800000000")
    with pytest.raises(TypeError):
        list(Person.objects.filter(phone="13800000000"))


def test_bytes_open_only_where_they_belong():
    sealed = encrypt_bytes(b"scan", "document:1")
    assert decrypt_bytes(sealed, "document:1") == b"scan"
    for wrong, aad in ((sealed, "document:2"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), "document:1")):
        with pytest.raises(InvalidTag):
            decrypt_bytes(wrong, aad)
    with pytest.raises(ValueError, match="key id"):
        decrypt_bytes(b"xx" + sealed[2:], "document:1")


def test_the_blind_index_is_keyed_and_forgives_only_case_and_spaces():
    assert blind_index(" 11010119850314007x ") == blind_index("11010119850314007X")
    assert blind_index("110101198503140071") != blind_index("110101198503140072")
    assert re.fullmatch("[0-9a-f]{64}", blind_index("1"))


def test_every_personal_number_in_the_models_is_encrypted():
    from django.apps import apps

    names = re.compile(r"^(id_number|phone|medical\w*|relative_name)$")
    ours = [model for model in apps.get_models() if model._meta.app_label in ("exams", "question_bank", "proctoring")]
    fields = [field for model in ours for field in model._meta.fields if names.search(field.name)]
    assert len(fields) >= 3
    assert [str(field) for field in [*fields, Authenticator._meta.get_field("key")] if not isinstance(field, EncryptedField)] == []


def test_two_starts_at_once_read_the_same_key(tmp_path):
    assert keyfiles.bytes_key(tmp_path, "a") == keyfiles.bytes_key(tmp_path, "a")
    assert (tmp_path / "a.key").stat().st_mode & 0o077 == 0


# -- clock ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_legal_time_is_machine_time_and_nobody_may_move_it():
    Installation.objects.create(origin="real.example/1", made_by_demo=True)
    assert abs(clock.now() - clock.machine()) < timedelta(seconds=1)
    with pytest.raises(PermissionError):
        clock.move_to(datetime(2030, 1, 1, tzinfo=UTC))


@pytest.mark.django_db
def test_the_demo_moves_legal_time_and_only_in_its_own_database(settings):
    settings.DEMO = True
    row = Installation.objects.create(origin="demo.example/1", made_by_demo=False)
    with pytest.raises(PermissionError):
        clock.move_to(datetime(2030, 1, 1, tzinfo=UTC))
    row.made_by_demo = True
    row.save()
    clock.move_to(datetime(2030, 1, 1, tzinfo=UTC))
    assert abs(clock.now() - datetime(2030, 1, 1, tzinfo=UTC)) < timedelta(seconds=5)
    assert clock.machine().year != 2030


def test_keys_are_version_7_and_grow():
    made = [keys.uuid7() for _ in range(50)]
    assert {key.version for key in made} == {7}
    assert len(set(made)) == 50
    assert [key.int >> 80 for key in made] == sorted(key.int >> 80 for key in made)


# -- sentences -------------------------------------------------------------------------------------------------------------------


def test_an_objection_survives_json_and_withholds_names():
    objection = Objection("x.y", "%(person)s is kin of %(candidate)s", {"person": "A", "candidate": "B"}, private=("candidate",))
    again = Objection.from_json(objection.as_json())
    assert again == objection
    assert (again.text(), again.text(named=True)) == ("A is kin of …", "A is kin of B")


def test_refuse_carries_its_reason():
    with pytest.raises(Refused) as caught:
        refuse("x.y", "no %(n)s", n=3, basis="art. 1")
    assert [o.text() for o in caught.value.objections] == ["no 3"]


# -- capacities ---------------------------------------------------------------------------------------------------------------------


def test_the_three_administrators_exclude_one_another_and_all_business():
    three = ["system_administrator", "security_administrator", "audit_administrator"]
    assert all(excludes(a, b) for a in three for b in CAPACITIES if a != b and (b in three or CAPACITIES[b].group != "administration"))


def test_who_trains_holds_nothing_in_an_exam_body():
    assert all(excludes("training_manager", id) for id, row in CAPACITIES.items() if "exam_body" in row.organisation_kinds)


def test_exclusions_are_symmetric_and_name_real_capacities():
    assert all(pair <= set(CAPACITIES) and len(pair) == 2 and basis for pair, basis in EXCLUSIONS.items())


def test_administrators_read_neither_questions_nor_scores():
    closed = ("question_bank.", "questions.", "review.", "papers.", "assembly.", "blueprints.", "results.")
    three = {"system_administrator", "security_administrator", "audit_administrator"}
    open_doors = [
        row.name for row in PERMISSIONS.values() if isinstance(row, Permission) and row.name.startswith(closed) and row.capacities & three
    ]
    assert open_doors == []


def test_gettext_noop_changes_nothing():
    assert verdicts.gettext_noop("x") == "x"
