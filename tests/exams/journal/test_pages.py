"""Who reads the journal: one's own body, the authority its bodies, the stranger nothing; and the witness by hand."""

from __future__ import annotations

import pytest
from django.urls import reverse

from exams.journal import queries
from exams.journal.actions import record
from exams.journal.checkpoints import checkpoint
from exams.journal.models import Cosignature
from exams.journal.sequencer import sequence
from tests.cast import sign_in_as

pytestmark = pytest.mark.django_db
READER = "audit_administrator"


@pytest.fixture
def entry(cast):
    return record("test.act", cast.body, by=cast.actor("exam_clerk"))


def test_one_reads_the_entries_of_the_own_body_only(cast, entry):
    assert [row.pk for row in queries.visible_to(cast.actor(READER))] == [entry.pk]
    assert list(queries.visible_to(cast.actor(READER, cast.other_body))) == []


def test_the_authority_reads_those_of_its_bodies_and_another_authority_nothing(cast, entry):
    assert [row.pk for row in queries.visible_to(cast.actor("oversight_inspector"))] == [entry.pk]
    other = cast._organisation("issuing_authority", "邻省市场监督管理局", 77)
    assert list(queries.visible_to(cast.actor("oversight_inspector", other))) == []


@pytest.mark.parametrize("page", ["journal:entries", "journal:witness"])
@pytest.mark.parametrize("capacity", ["setter", "invigilator", "employer_clerk", "training_manager"])
def test_others_find_the_door_closed(cast, client, page, capacity):
    sign_in_as(client, cast.actor(capacity))
    assert client.get(reverse(page)).status_code == 403


def test_nobody_is_sent_to_sign_in(client):
    assert client.get(reverse("journal:entries")).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(cast, client, rows, django_assert_num_queries):
    for _ in range(rows):
        record("test.act", cast.body, by=cast.actor("exam_clerk"))
    sign_in_as(client, cast.actor(READER))
    client.get(reverse("journal:entries"))
    with django_assert_num_queries(13):
        answer = client.get(reverse("journal:entries"))
    assert answer.status_code == 200


def test_a_wrong_line_is_answered_beside_its_field_and_nothing_is_kept(cast, client, entry):
    sequence()
    head = checkpoint()
    sign_in_as(client, cast.actor(READER))
    size = head.size if head else 1
    answer = client.post(reverse("journal:witness"), {"size": size, "line": "\u2014 nobody AAAAAAAAAAAA"})
    assert answer.status_code == 409
    assert not Cosignature.objects.exists()
    answer = client.post(reverse("journal:witness"), {"size": 999, "line": "x"})
    assert "There is no checkpoint of this size." in answer.content.decode()
