"""Sealing and opening: two custodians inside the window, and every way in which that is refused."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection

from exams import clock
from exams.errors import NotPermitted, Refused
from exams.journal.models import Entry
from question_bank.assembly.models import Paper, PaperForm
from question_bank.papers.actions import approve_opening, ask_for_spare, decide_spare, seal_paper
from question_bank.papers.models import Approval, Opening, SealedPaper
from question_bank.papers.queries import opened_content
from tests.question_bank.bank import PHRASE, SECRET

pytestmark = pytest.mark.django_db


def ids(refusal) -> list[str]:
    return [objection.id for objection in refusal.value.objections]


def test_sealing_leaves_no_plaintext_in_any_table(bank):
    paper = bank.sealed
    assert paper.state == "assigned"
    assert Paper.objects.get(spare_of=paper).state == "spare_kept"
    assert [form.versions_text for form in PaperForm.objects.all()] == ["[]"] * 4
    assert Paper.objects.get(pk=paper.pk).seed == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM question_bank_sealedpaper")
        assert all(SECRET not in str(row[0]) and "48 mm" not in str(row[0]) for row in cursor.fetchall())


def test_two_custodians_open_it_inside_the_window(bank):
    paper = bank.opened
    assert paper.state == "released"
    opening = Opening.objects.get(paper=paper)
    assert opening.first_id != opening.second_id
    forms = opened_content(opening)["forms"]
    assert {label: len(questions) for label, questions in forms.items()} == {"A": 4, "B": 4}
    assert SECRET in forms["A"][0]["stem"]


def test_the_journal_discloses_salt_and_seed_only_at_the_opening(bank):
    paper = bank.sealed
    told = b"".join(bytes(body) for body in Entry.objects.values_list("body", flat=True))
    assert b"seed-1" not in told
    assert SECRET.encode() not in told
    assert bank.opened == paper
    body = json.loads(bytes(Entry.objects.get(action="papers.open", object_type="question_bank.Paper").body))
    assert body["facts"]["draw"]["seed"] == "seed-1"
    assert body["facts"]["commitment"] == SealedPaper.objects.get(paper=paper).commitment


def test_one_custodian_twice_is_refused(bank):
    paper = bank.sealed
    bank.open_window(paper)
    first = bank.custodian("保甲")
    approve_opening(by=first, paper=paper, passphrase=PHRASE)
    with pytest.raises(Refused) as refusal:
        approve_opening(by=first, paper=paper, passphrase=PHRASE)
    assert ids(refusal) == ["papers.same_custodian"]
    assert not Opening.objects.exists()


def test_before_its_time_it_is_refused_and_recorded(bank):
    paper = bank.sealed
    with pytest.raises(Refused) as refusal:
        approve_opening(by=bank.custodian("保甲"), paper=paper, passphrase=PHRASE)
    assert ids(refusal) == ["papers.outside_window"]
    assert Entry.objects.filter(action="papers.approve_opening", outcome="refused").count() == 1
    assert not Approval.objects.exists()


@pytest.mark.parametrize(("opens", "closes", "lawful"), [(-1, 0, False), (0, 1, True), (1, 2, False)])
def test_the_window_is_half_open(bank, opens, closes, lawful, monkeypatch):
    paper, now = bank.sealed, clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    SealedPaper.objects.filter(paper=paper).update(opens_at=now + timedelta(minutes=opens), closes_at=now + timedelta(minutes=closes))
    if lawful:
        assert approve_opening(by=bank.custodian("保甲"), paper=paper, passphrase=PHRASE)
        return
    with pytest.raises(Refused) as refusal:
        approve_opening(by=bank.custodian("保甲"), paper=paper, passphrase=PHRASE)
    assert ids(refusal) == ["papers.outside_window"]


def test_a_wrong_passphrase_is_refused_and_guessing_is_stopped(bank):
    paper = bank.sealed
    bank.open_window(paper)
    keeper = bank.custodian("保甲")
    for _try in range(5):
        with pytest.raises(Refused) as refusal:
            approve_opening(by=keeper, paper=paper, passphrase="wrong horse battery")
        assert ids(refusal) == ["papers.wrong_passphrase"]
    with pytest.raises(Refused) as refusal:
        approve_opening(by=keeper, paper=paper, passphrase=PHRASE)
    assert ids(refusal) == ["papers.too_many_tries"]


def test_a_custodian_without_an_envelope_is_refused(bank):
    paper = bank.sealed
    bank.open_window(paper)
    with pytest.raises(Refused) as refusal:
        approve_opening(by=bank.custodian("保外"), paper=paper, passphrase=PHRASE)
    assert ids(refusal) == ["papers.no_envelope"]


def test_a_custodian_of_another_body_does_not_even_see_it(bank):
    paper = bank.sealed
    bank.open_window(paper)
    stranger = bank.actor("custodian", bank.cast.other_body, name="外人")
    with pytest.raises(NotPermitted):
        approve_opening(by=stranger, paper=paper, passphrase=PHRASE)


def test_after_the_role_is_lost_it_is_refused(bank):
    paper = bank.sealed
    bank.open_window(paper)
    keeper = bank.custodian("保甲")
    bank.person(keeper).appointments.update(state="revoked")
    with pytest.raises(NotPermitted) as denial:
        approve_opening(by=keeper, paper=paper, passphrase=PHRASE)
    assert denial.value.reason.id == "question_bank.no_appointment"


def test_an_approval_lapses_with_the_role_of_who_gave_it(bank):
    paper = bank.sealed
    bank.open_window(paper)
    first, second, third = bank.custodians()
    approve_opening(by=first, paper=paper, passphrase=PHRASE)
    bank.person(first).appointments.update(state="revoked")
    approve_opening(by=second, paper=paper, passphrase=PHRASE)
    assert not Opening.objects.exists()
    approve_opening(by=third, paper=paper, passphrase=PHRASE)
    opening = Opening.objects.get()
    assert (opening.first_id, opening.second_id) == (second.person_id, third.person_id)


def test_an_opened_paper_is_not_opened_again(bank):
    paper = bank.opened
    with pytest.raises(Refused) as refusal:
        approve_opening(by=bank.custodian("保丙"), paper=paper, passphrase=PHRASE)
    assert "papers.not_sealed" in ids(refusal)
    assert Opening.objects.count() == 1


def test_swapped_ciphertexts_of_main_and_spare_do_not_open(bank):
    paper = bank.sealed
    spare = Paper.objects.get(spare_of=paper)
    bank.open_window(paper)
    SealedPaper.objects.filter(paper=paper).update(body=SealedPaper.objects.get(paper=spare).body)
    first, second, _third = bank.custodians()
    with pytest.raises(Refused) as refusal:
        approve_opening(by=first, paper=paper, passphrase=PHRASE)
    assert ids(refusal) == ["papers.seal_broken"]
    assert not Opening.objects.exists()


def test_the_spare_opens_only_after_a_granted_request(bank):
    spare = Paper.objects.get(spare_of=bank.sealed)
    bank.open_window(spare)
    first, second, _third = bank.custodians()
    with pytest.raises(Refused) as refusal:
        approve_opening(by=first, paper=spare, passphrase=PHRASE)
    assert ids(refusal) == ["papers.spare_not_requested"]
    chief, head = bank.cast.actor("chief"), bank.cast.actor("head_of_body")
    ask_for_spare(by=chief, paper=spare, reason="正卷污损")
    decide_spare(by=head, paper=spare, granted=True)
    approve_opening(by=first, paper=spare, passphrase=PHRASE)
    approve_opening(by=second, paper=spare, passphrase=PHRASE)
    spare.refresh_from_db()
    assert spare.state == "released"


def test_fewer_than_two_custodians_cannot_be_sealed_for(bank):
    keeper = bank.custodian("保甲")
    window = {"opens_at": bank.slot.starts_at - timedelta(hours=1), "closes_at": bank.slot.ends_at}
    for chosen in ([], [keeper], [keeper, keeper]):
        with pytest.raises(Refused) as refusal:
            seal_paper(by=keeper, paper=bank.approved, custodians=[bank.person(k) for k in chosen], **window)
        assert "papers.two_custodians" in ids(refusal)


def test_a_custodian_without_key_cannot_be_sealed_for(bank):
    keeper, keyless = bank.custodian("保甲"), bank.actor("custodian", name="无钥")
    with pytest.raises(Refused) as refusal:
        seal_paper(
            by=keeper, paper=bank.approved, custodians=[bank.person(keeper), bank.person(keyless)],
            opens_at=bank.slot.starts_at - timedelta(hours=1), closes_at=bank.slot.ends_at,
        )  # fmt: skip
    assert ids(refusal) == ["papers.no_key", "papers.no_key"]  # of the paper and of its spare


@pytest.mark.parametrize(
    ("before", "after"), [(timedelta(days=2), timedelta(0)), (timedelta(hours=1), timedelta(minutes=1)), (timedelta(0), timedelta(0))]
)
def test_windows_off_the_exam_day_or_past_the_exam_are_refused(bank, before, after):
    keepers = bank.custodians()
    with pytest.raises(Refused) as refusal:
        seal_paper(
            by=keepers[0], paper=bank.approved, custodians=[bank.person(k) for k in keepers],
            opens_at=bank.slot.starts_at - before, closes_at=bank.slot.ends_at + after,
        )  # fmt: skip
    assert ids(refusal) == ["papers.window"]
