"""Fetching files over the web: the owner's answer decides, strangers get 404, browsers run nothing."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from exams.access import Actor
from exams.documents.access import DOCUMENT_ACCESS, document_access
from exams.documents.actions import store
from exams.documents.models import Document
from exams.journal.models import Entry
from tests.cast import Cast, sign_in_as

PDF = b"%PDF-1.7\nabc"
pytestmark = pytest.mark.django_db


@pytest.fixture
def owned(cast: Cast) -> Iterator[Document]:
    """A file that only clerks of the body may fetch."""
    body = cast.body.pk
    document_access("tests.view")(lambda actor, document: actor.organisation_id == body)
    yield store(Actor(name="x", capacity="system"), PDF, '报名表 "1/2"\n<x>', "", "tests.view", "1")
    DOCUMENT_ACCESS._entries.pop("tests.view")


def get(client: Client, document: Document, actor: Actor | None) -> object:
    if actor:
        sign_in_as(client, actor)
    return client.get(reverse("documents:download", args=[document.pk]))


def test_the_owner_lets_the_clerk_have_it(client: Client, cast: Cast, owned: Document) -> None:
    answer = get(client, owned, cast.actor("exam_clerk"))
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, PDF, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E6%8A%A5")
    assert not set('"\n<>') & set(answer["Content-Disposition"])
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert Entry.objects.filter(action="documents.fetch", outcome="done").count() == 1


def test_the_stranger_and_the_unknown_get_the_same_answer(client: Client, cast: Cast, owned: Document) -> None:
    assert get(client, owned, cast.stranger).status_code == 404
    owned.pk = cast.body.pk
    assert get(client, owned, None).status_code == 404


def test_nobody_signed_in(client: Client, owned: Document) -> None:
    assert get(client, owned, None).status_code == 302


def test_without_the_second_factor(client: Client, cast: Cast, owned: Document) -> None:
    assert get(client, owned, cast.actor("exam_clerk", verified=False)).status_code in (302, 403, 404)


def test_what_nobody_answers_for_is_closed(client: Client, cast: Cast) -> None:
    document = store(Actor(name="x", capacity="system"), PDF, "t", "", "tests.nobody", "1")
    assert get(client, document, cast.actor("exam_clerk")).status_code == 404


def test_only_reading(client: Client, cast: Cast, owned: Document) -> None:
    sign_in_as(client, cast.actor("exam_clerk"))
    assert client.post(reverse("documents:download", args=[owned.pk])).status_code == 405
