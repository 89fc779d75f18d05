"""Storing and fetching: bytes decide, what is stored is encrypted and bound to its row, each look is on record."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from exams.access import Actor
from exams.documents import kinds, shelf
from exams.documents.actions import store, store_for_each
from exams.documents.keeping import Damaged, content_of
from exams.documents.models import Document
from exams.documents.plugs import sweep
from exams.documents.queries import damaged
from exams.errors import Refused
from exams.journal.models import Entry
from tests.counted import entries_counted
from tests.exams.documents.workbooks import book

PDF = b"%PDF-1.7\nabc"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 20
BY = Actor(name="tester", capacity="system")

pytestmark = pytest.mark.django_db


def keep(content: bytes = PDF, title: str = "扫描件", media_type: str = "", **more: object) -> Document:
    return store(BY, content, title, media_type, "tests.owner", "1", **more)


def refusal(**given: object) -> str:
    with pytest.raises(Refused) as caught:
        keep(**given)
    assert Document.objects.count() == 0
    return caught.value.objections[0].id


@pytest.mark.parametrize(("content", "kind"), [(PDF, kinds.PDF), (PNG, kinds.PNG), (JPEG, kinds.JPEG), (book(), kinds.XLSX)])
def test_kinds_are_told_from_the_bytes(content: bytes, kind: str) -> None:
    document = keep(content)
    assert (document.media_type, document.size) == (kind, len(content))
    assert content_of(document) == content


def test_nothing_readable_lies_on_the_disk() -> None:
    document = keep(PDF)
    path = Path(settings.DATA_DIR) / "files" / document.file_name[:2] / document.file_name
    assert path.exists() and b"PDF" not in path.read_bytes()
    assert str(document.pk) not in str(path) and "扫描件" not in str(path)


def test_the_same_bytes_twice_are_one_document_per_owner() -> None:
    assert keep() == keep(title="again")
    other = store(BY, PDF, "x", "", "tests.owner", "2")
    assert other.sha256 == keep().sha256 and other.pk != keep().pk
    assert Document.objects.count() == 2


@entries_counted
@pytest.mark.parametrize("number", [2, 6])
def test_a_copy_for_each_owner_costs_the_same_for_two_and_six(number: int, django_assert_num_queries: Any) -> None:
    known = keep()
    titles = {"1": "again", **{str(n): f"副本{n}" for n in range(2, number + 1)}}
    with django_assert_num_queries(7):
        copies = store_for_each(BY, PDF, titles, "", "tests.owner")
    assert copies["1"] == known and known.title == "扫描件"
    assert [copies[owner].owner_id for owner in titles] == list(titles) and copies["2"].title == "副本2"
    assert [content_of(copy) for copy in copies.values()] == [PDF] * number
    assert len({sealed(copy).read_bytes() for copy in copies.values()}) == number
    assert Entry.objects.filter(action="documents.store").count() == Document.objects.count() == number


@pytest.mark.parametrize(
    ("content", "media_type", "id"),
    [
        (b"", "", "documents.empty"),
        (b"<html><script>alert(1)</script>", "", "documents.kind"),
        (b"<html>", "text/html", "documents.kind"),
        (b"MZ\x90\x00", "application/pdf", "documents.kind"),
        (b"GIF89a", "image/png", "documents.kind"),
        (b"PK\x03\x04rubbish", "", "documents.kind"),
        (b"plain", "", "documents.kind"),
        (b"pl\x00ain", "text/plain", "documents.kind"),
        (b"\xff\xfe", "text/plain", "documents.kind"),
        (PNG, "application/pdf", "documents.not_what_it_says"),
    ],
)
def test_refused_by_its_bytes(content: bytes, media_type: str, id: str) -> None:
    assert refusal(content=content, media_type=media_type) == id


def test_a_workbook_is_no_scan() -> None:
    assert refusal(content=book(), accept=kinds.SCANS) == "documents.kind"


@pytest.mark.parametrize(("size", "taken"), [(99, True), (100, True), (101, False)])
def test_the_limit_at_its_edge(size: int, taken: bool) -> None:
    content = PDF.ljust(size, b"x")
    if taken:
        assert keep(content, limit=100).size == size
    else:
        assert refusal(content=content, limit=100) == "documents.too_large"


def sealed(document: Document) -> Path:
    return shelf.folder() / document.file_name[:2] / document.file_name


def test_altered_swapped_and_removed_files_are_found() -> None:
    one, two, three, whole = keep(PDF), keep(PNG), keep(JPEG), keep(book())
    sealed(one).write_bytes(sealed(one).read_bytes()[:-1] + b"x")
    sealed(two).write_bytes(sealed(three).read_bytes())
    sealed(three).unlink()
    for document in (one, two, three):
        with pytest.raises(Damaged):
            content_of(document)
    assert list(damaged([one, two, three, whole])) == [one, two, three]


def test_a_row_that_claims_another_digest() -> None:
    document = keep()
    document.sha256 = "0" * 64
    with pytest.raises(Damaged):
        content_of(document)


def test_storing_is_on_record_with_the_digest() -> None:
    document = keep()
    entry = Entry.objects.get(action="documents.store")
    assert document.sha256.encode() in bytes(entry.body)


def test_the_sweep_takes_only_old_files_without_a_row(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    kept = keep()
    with pytest.raises(RuntimeError), transaction.atomic():
        keep(PNG)
        raise RuntimeError
    (left,) = [path for path in shelf.folder().glob("*/*") if path.name != kept.file_name]
    sweep()
    assert left.exists()
    for path in (left, sealed(kept)):
        os.utime(path, (1, 1))
    sweep()
    assert not left.exists() and sealed(kept).exists()
