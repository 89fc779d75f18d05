"""The pages of papers: two custodians open in the browser, print, and nothing of the text stands on any page."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exams.documents.actions import content_of
from exams.documents.models import Document
from exams.errors import NotPermitted, Refused
from question_bank.assembly.actions import draw_paper
from question_bank.assembly.models import Paper
from question_bank.papers.models import CustodianKey, Opening, Printing, SealedPaper
from question_bank.papers.printing import print_paper
from tests.cast import sign_in_as
from tests.question_bank.bank import PHRASE, SECRET

pytestmark = pytest.mark.django_db


def at(paper: Paper, name: str = "page") -> str:
    return reverse(f"papers:{name}", args=[paper.pk])


def test_sealing_and_opening_in_the_browser(bank, client):
    first, second, _third = bank.custodians()
    sign_in_as(client, first)
    paper = bank.approved

    def local(moment):
        return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")

    posted = {
        "custodians": [str(keeper.person_id) for keeper in (first, second)],
        "opens_at": local(bank.slot.starts_at - timedelta(hours=1)),
        "closes_at": local(bank.slot.ends_at),
    }
    assert client.post(at(paper, "seal"), posted | {"custodians": [str(first.person_id)]}).status_code == 409
    assert client.post(at(paper, "seal"), posted).status_code == 302
    assert client.post(at(paper, "approve_opening"), {"passphrase": PHRASE}).status_code == 409
    bank.open_window(paper)
    assert client.post(at(paper, "approve_opening"), {"passphrase": "wrong horse battery"}).status_code == 409
    assert client.post(at(paper, "approve_opening"), {"passphrase": PHRASE}).status_code == 302
    assert client.post(at(paper, "approve_opening"), {"passphrase": PHRASE}).status_code == 409
    sign_in_as(client, second)
    assert client.post(at(paper, "approve_opening"), {"passphrase": PHRASE}).status_code == 302
    assert Opening.objects.count() == 1
    html = client.get(at(paper)).content.decode()
    assert SECRET not in html
    assert PHRASE not in html


def test_a_print_is_fetched_by_the_one_who_printed(bank, client):
    paper = bank.opened
    sign_in_as(client, bank.custodian("保甲"))
    answer = client.post(at(paper, "print"), {"label": "A", "part": "paper", "copies": "3"})
    assert answer.status_code == 302
    fetched = client.get(answer.url)
    assert fetched.content.startswith(b"%PDF-")
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    sign_in_as(client, bank.custodian("保丙"))
    assert client.get(answer.url).status_code == 404


ODD = [{"label": "C"}, {"part": "key"}, {"copies": "0"}, {"copies": "x"}, {"copies": "９"}, {"copies": "10001"}]


@pytest.mark.parametrize("posted", ODD)
def test_odd_print_runs_are_refused(bank, client, posted):
    sign_in_as(client, bank.custodian("保甲"))
    facts = {"label": "A", "part": "paper", "copies": "1"} | posted
    assert client.post(at(bank.opened, "print"), facts).status_code == 409
    assert not Printing.objects.exists()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_the_printed_paper_has_the_questions_the_mark_and_no_key(bank, tmp_path):
    document = print_paper(by=bank.custodian("保甲"), paper=bank.opened, label="B", part="paper")
    file = tmp_path / "paper.pdf"
    file.write_bytes(content_of(document))
    text = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True).stdout.decode()
    assert text.count(SECRET) == 4
    assert text.count("保甲") > 10
    assert "NB/T" not in text
    fonts = subprocess.run(["pdffonts", str(file)], capture_output=True, check=True).stdout.decode().splitlines()[2:]
    assert fonts
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)


def test_nothing_is_printed_outside_the_window_or_by_a_third(bank):
    paper, first = bank.opened, bank.custodian("保甲")
    with pytest.raises(NotPermitted):
        print_paper(by=bank.custodian("保丙"), paper=paper)
    SealedPaper.objects.filter(paper=paper).update(closes_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Refused) as refusal:
        print_paper(by=first, paper=paper)
    assert [objection.id for objection in refusal.value.objections] == ["papers.print_outside"]
    assert not Document.objects.exists()


def test_a_key_is_enrolled_and_replaced_and_old_envelopes_still_open(bank, client):
    paper, keeper = bank.sealed, bank.custodian("保甲")
    bank.open_window(paper)
    sign_in_as(client, keeper)
    assert client.post(reverse("papers:key"), {"passphrase": "short", "again": "short"}).status_code == 200
    assert client.post(reverse("papers:key"), {"passphrase": "another long phrase", "again": "x" * 20}).status_code == 200
    assert client.post(reverse("papers:key"), {"passphrase": "another long phrase", "again": "another long phrase"}).status_code == 302
    assert CustodianKey.objects.filter(person_id=keeper.person_id).count() == 2
    assert client.post(at(paper, "approve_opening"), {"passphrase": PHRASE}).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_at_one_row_and_at_three(bank, client, rows):
    assert bank.stock
    for number in range(rows):
        draw_paper(by=bank.assembler, blueprint=bank.blueprint, slot_ids=[bank.new_slot(240 + number * 24).pk], rest_events=0)
    sign_in_as(client, bank.assembler)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("papers:list")).status_code == 200
    assert len([query for query in queries if "question_bank_" in query["sql"]]) == 2
