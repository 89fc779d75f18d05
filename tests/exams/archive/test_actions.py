"""Sealing a real sitting, its witness, its copy; the authority's verifier over what stands on the shelf."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import bagit
import pytest

from exams import clock
from exams.archive import actions, queries, sealing, sections
from exams.archive.models import Bag
from exams.archive.plugs import broken
from exams.archive.verifier import Report, check_bag
from exams.conduct.models import CheckIn, RoomRecord
from exams.documents.keeping import content_of
from exams.documents.models import Document
from exams.errors import NotPermitted, Refused, Stale
from exams.journal import checkpoints, exchange
from exams.journal.actions import record
from exams.journal.models import Checkpoint, Entry
from exams.results.models import Mark
from tests.exam_day import ExamDay
from tests.sequenced import sequenced

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
WITNESS, VERIFIER = ROOT / "config/deploy/witness.py", ROOT / "exams/archive/verifier.py"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture
def day(cast):
    return ExamDay(cast).whole()


@pytest.fixture
def authority(tmp_path):
    """The authority's own folder: its witness, and its copies of the keys."""
    folder = tmp_path / "authority"
    (tmp_path / "log.vkey").write_text(checkpoints.log_vkey())
    run(WITNESS, "init", folder, "--name", "authority.example", "--log-key", tmp_path / "log.vkey")
    checkpoints.add_witness((folder / "witness.vkey").read_text().strip())
    return folder


def run(script, *arguments, code=0):
    done = subprocess.run([sys.executable, "-I", str(script), *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def witnessed(authority):
    """One round of the exchange: sequence, sign, ask, counter-sign, take in, finish."""
    sequenced()
    checkpoints.checkpoint()
    exchange.ask()
    run(WITNESS, "drop", authority, exchange.outbox(), exchange.inbox())
    exchange.take_in()
    return actions.finish_receipts()


def verified(authority, bag, code=0):
    keys = ["--log-key", authority / "log.vkey", "--witness-key", authority / "witness.vkey", "--checkpoint", authority / "last.checkpoint"]
    return run(VERIFIER, queries.shelf() / bag.name, *keys, code=code)


def ids(caught):
    return [objection.id for objection in caught.value.objections]


def read(bag, name):
    return json.loads((queries.shelf() / bag.name / "data" / name).read_text())


# -- sealing --------------------------------------------------------------------------------------------------------


def test_a_closed_sitting_is_sealed_with_all_its_sections(day):
    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    ours = {"01-notice", "02-applications", "04-staff", "05-seats", "06-checkin", "07-incidents", "07-record"}
    assert ours <= set(bag.contents)
    assert bagit.Bag(str(queries.shelf() / bag.name)).is_valid()
    day.sitting.refresh_from_db()
    assert (day.sitting.state, bag.state) == ("sealed", "waiting")
    index = read(bag, "00-index.json")
    personal = Bag.objects.get(kind="personal")
    assert index["personal"]["tagmanifest"] == personal.tagmanifest
    assert (personal.parent_id, personal.retain_until.isoformat()) == (bag.pk, "2029-05-16")
    assert bag.retain_until.isoformat() == "2031-05-16"


def test_the_dossier_itself_names_nobody_and_shows_no_number(day):
    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    whole = b"".join(path.read_bytes() for path in (queries.shelf() / bag.name).rglob("*") if path.is_file()).decode()
    for person in day.candidates:
        assert person.name not in whole
        assert person.id_number not in whole
    names = [row["name"] for row in read(Bag.objects.get(kind="personal"), "20-originals/persons.json")]
    assert names == [person.name for person in day.candidates]


def test_the_journal_s_entries_stand_in_the_dossier_as_they_were_hashed(day):
    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    lines = (queries.shelf() / bag.name / "data/events.jsonl").read_bytes().splitlines()
    stored = [bytes(body) for body in Entry.objects.filter(action="conduct.check_in").order_by("id").values_list("body", flat=True)]
    assert lines == stored
    assert len(lines) == 3


MISSING = {
    "06-checkin": lambda day: CheckIn.objects.all().delete(),
    "07-record": lambda day: RoomRecord.objects.update(state="filling"),
    "04-staff": lambda day: [duty.delete() for duty in day.staff],
}


@pytest.mark.parametrize("section", MISSING)
def test_what_is_missing_is_listed_and_nothing_is_sealed(day, section):
    if section == "04-staff":
        from exams.conduct.models import RecordSignature
        from exams.guards import lift

        lift()
        RecordSignature.objects.all().delete()
    MISSING[section](day)
    with pytest.raises(Refused) as caught:
        actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    assert ids(caught) == [f"archive.missing.{section}"]
    assert not Bag.objects.exists()
    assert not queries.shelf().exists() or list(queries.shelf().glob("S-*")) == []
    day.sitting.refresh_from_db()
    assert day.sitting.state == "closed"


def test_an_open_room_is_not_sealed(day):
    type(day.sitting).objects.update(state="open")
    with pytest.raises(Refused) as caught:
        actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    assert "archive.not_closed" in ids(caught)


def test_it_is_sealed_once(day):
    actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    with pytest.raises(Refused) as caught:
        actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    assert ids(caught) == ["archive.sealed"]


def test_a_section_registered_by_another_subject_is_in_the_bag_and_may_block(day):
    sections.section("08-trial", "Trial", required=True)(lambda sitting: [("index.json", b"{}")])
    try:
        bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
        assert (queries.shelf() / bag.name / "data/08-trial/index.json").read_bytes() == b"{}"
    finally:
        sections.SECTIONS._entries.pop("08-trial")


@pytest.mark.parametrize("who", ["stranger", "other archivist", "own clerk", "inspector", "candidate"])
@pytest.mark.parametrize("name", ["seal_sitting", "seal_event"])
def test_nobody_else_seals(day, cast, who, name):
    actor = {
        "stranger": cast.stranger,
        "other archivist": cast.actor("archivist", cast.other_body),
        "own clerk": day.actor("exam_clerk"),
        "inspector": cast.actor("oversight_inspector"),
        "candidate": cast.candidate(day.candidates[0]),
    }[who]
    with pytest.raises(NotPermitted):
        getattr(actions, name)(by=actor, **({"sitting": day.sitting} if name == "seal_sitting" else {"event": day.event}))


def test_each_sees_the_dossiers_that_concern_them(day, cast):
    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    personal = Bag.objects.get(kind="personal")
    seen = {
        capacity: set(queries.visible_to(cast.actor(capacity)))
        for capacity in ("archivist", "head_of_body", "authority_officer", "oversight_inspector", "system_administrator", "invigilator")
    }
    assert seen == {
        "archivist": {bag, personal}, "head_of_body": {bag}, "authority_officer": {bag}, "oversight_inspector": {bag, personal},
        "system_administrator": set(), "invigilator": set(),
    }  # fmt: skip
    assert not queries.visible_to(cast.stranger).exists()
    assert not queries.visible_to(cast.actor("archivist", cast.other_body)).exists()
    assert not queries.visible_to(cast.candidate(day.candidates[0])).exists()


def test_an_attempt_rolled_back_after_the_bag_was_written_is_replaced_by_the_next(day, monkeypatch):
    def broken(*arguments, **named):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_keep", broken)
        with pytest.raises(OSError, match="disk full"):
            actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    assert len(list(queries.shelf().glob("S-*"))) == 2
    assert not Bag.objects.exists()
    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    check_bag(queries.shelf() / bag.name, report := Report())
    assert report.broken() == []


# -- witness and verification ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)  # the sequencer takes what is committed
def test_sealed_then_waiting_then_witnessed_and_the_authority_s_verifier_says_it_holds(day, authority):
    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    sequenced()
    assert actions.finish_receipts() == 0
    bag.refresh_from_db()
    assert (bag.state, bag.receipt_size) == ("waiting", Checkpoint.objects.get().size)
    waiting = run(
        VERIFIER, queries.shelf() / bag.name, "--log-key", authority / "log.vkey", "--witness-key", authority / "witness.vkey", code=2
    )
    assert "尚待发证机关见证" in waiting
    assert witnessed(authority) == 2
    bag.refresh_from_db()
    assert bag.state == "witnessed"
    for one in (bag, Bag.objects.get(kind="personal")):
        assert "\nHOLDS.\n" in verified(authority, one)


@pytest.mark.django_db(transaction=True)  # the sequencer takes what is committed
def test_a_copy_carries_the_proof_to_the_authority_s_newest_checkpoint(day, authority, tmp_path, settings):
    settings.JOBS = "inline"
    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    witnessed(authority)
    for number in range(30):
        record("trial.later", day.event, by=day.actor("archivist"), number=number)
    witnessed(authority)
    assert "ask for the proof of continuity" in verified(authority, bag, code=2)
    actions.consult(by=day.actor("archivist"), bag=bag, purpose="Handed to the authority")
    document = Document.objects.get(owner_type="exams.Bag")
    with zipfile.ZipFile(io.BytesIO(content_of(document))) as parcel:
        parcel.extractall(tmp_path / "stick")
    keys = ["--log-key", authority / "log.vkey", "--witness-key", authority / "witness.vkey", "--checkpoint", authority / "last.checkpoint"]
    assert "\nHOLDS.\n" in run(VERIFIER, tmp_path / "stick" / bag.name, *keys)


@pytest.mark.django_db(transaction=True)  # the sequencer takes what is committed
def test_after_the_personal_volume_is_destroyed_the_dossier_still_holds(day, authority):
    import shutil

    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    witnessed(authority)
    shutil.rmtree(queries.shelf() / f"{bag.name}-P")
    assert "\nHOLDS.\n" in verified(authority, bag)


@pytest.mark.django_db(transaction=True)  # the sequencer takes what is committed
def test_the_archive_verifies_its_own_shelf_and_says_what_is_broken(day, authority):
    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    witnessed(authority)
    bag.refresh_from_db()
    assert actions.verify_bag(by=day.actor("archivist"), bag=bag) == []
    path = queries.shelf() / bag.name / "data/05-seats/seats.json"
    path.chmod(0o644)
    path.write_text("[]")
    assert actions.verify_bag(by=day.actor("archivist"), bag=bag) == ["FILE-CHANGED", "SEAL-DIFFERS"]
    assert [str(item.title) for item in broken(day.actor("archivist"))] == [f"Dossier {bag.name} does not verify"]
    assert list(broken(day.cast.stranger)) == []
    assert Entry.objects.filter(action="archive.verify_bag").count() == 2


@pytest.mark.django_db(transaction=True)  # the sequencer takes what is committed
def test_every_bag_is_read_back_by_itself_once_a_month(day, authority):
    actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    witnessed(authority)
    assert actions.verify_some() == 0
    assert Bag.objects.filter(verified_at=None).count() == 0
    before = Entry.objects.filter(action="archive.verify_bag").count()
    actions.verify_some()
    assert Entry.objects.filter(action="archive.verify_bag").count() == before == 2
    Bag.objects.update(verified_at=clock.machine() - timedelta(days=31))
    actions.verify_some()
    assert Entry.objects.filter(action="archive.verify_bag").count() == 4


def test_a_supplement_names_the_digest_it_belongs_to(day):
    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    added = actions.add_supplement(by=day.actor("archivist"), bag=bag, title="Re-check", files=[("answer.txt", b"no change")])
    assert added.name == f"{bag.name}-A01"
    assert read(added, "00-index.json")["supplements"]["tagmanifest"] == bag.tagmanifest
    with pytest.raises(Refused):
        actions.add_supplement(by=day.actor("archivist"), bag=added, title="x", files=[("a", b"b")])


def test_the_purpose_of_a_consultation_is_on_record(day):
    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    with pytest.raises(Refused):
        actions.consult(by=day.actor("archivist"), bag=bag, purpose="  ")
    actions.consult(by=day.actor("archivist"), bag=bag, purpose="Complaint 7")
    assert b"Complaint 7" in bytes(Entry.objects.get(action="archive.consult", outcome="done").body)


def test_personal_originals_are_for_the_archivist_and_the_inspector_only(day, cast):
    actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    personal = Bag.objects.get(kind="personal")
    for capacity in ("head_of_body", "authority_officer"):
        with pytest.raises(NotPermitted):
            actions.consult(by=cast.actor(capacity), bag=personal, purpose="look at it")
    actions.consult(by=cast.actor("oversight_inspector"), bag=personal, purpose="look at it")


# -- the event ------------------------------------------------------------------------------------------------------


def test_the_package_of_an_event_names_the_seals_of_its_dossiers(day):
    from tests.exams.results.test_actions import published

    published(day, 71, 60)
    with pytest.raises(Refused) as caught:
        actions.seal_event(by=day.actor("archivist"), event=day.event)
    assert ids(caught) == ["archive.unsealed"]
    bag = actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    package = actions.seal_event(by=day.actor("archivist"), event=day.event)
    assert read(package, "00-index.json")["dossiers"] == {
        bag.name: {"tagmanifest": bag.tagmanifest, "files": bag.files, "bytes": bag.bytes}
    }
    assert [row["outcome"] for row in read(package, "11-results/results.json")] == ["pass", "fail", "absent"]
    assert Mark.objects.count() == 2
    with pytest.raises(Refused):
        actions.seal_event(by=day.actor("archivist"), event=day.event)


def test_results_not_published_block_the_package(day):
    actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    with pytest.raises(Refused) as caught:
        actions.seal_event(by=day.actor("archivist"), event=day.event)
    assert ids(caught) == ["archive.missing.11-results-event"]


def test_two_archivists_at_once_seal_once(day):
    stale = type(day.sitting).objects.get(pk=day.sitting.pk)
    actions.seal_sitting(by=day.actor("archivist"), sitting=day.sitting)
    with pytest.raises((Refused, Stale)):
        actions.seal_sitting(by=day.actor("archivist"), sitting=stale)
    assert Bag.objects.filter(kind="sitting").count() == 1
