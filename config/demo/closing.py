"""The end: dossiers sealed and witnessed, the journal verified, the authority's audit, rectification, report; and the summary."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from config.demo.world import World, figures
from exams import clock
from exams.archive import actions as archive
from exams.archive import verifier
from exams.archive.models import Bag
from exams.documents import actions as documents
from exams.documents.models import Document
from exams.jobs.models import Job
from exams.journal import checkpoints, exchange, verify
from exams.journal.models import Entry
from exams.journal.sequencer import sequence
from exams.oversight import actions as oversight
from exams.oversight.models import Finding
from exams.people.models import Person
from exams.recusal.models import ObjectionNotice, Ruling
from exams.sittings.models import Duty, Sitting
from proctoring.coverage import queries as coverage
from proctoring.coverage.models import FaultEvent

WITNESS = Path(settings.BASE_DIR) / "config" / "deploy" / "witness.py"
# Which finding must show each planted wrong that the audit is there to see.
PLANTED = {"questions.E001": "a setter who trains", "results.E001": "a mark changed by SQL", "proctoring.E003": "a covered camera"}


def authority_folder() -> Path:
    """What only the authority holds: its witness, its copies of keys and checkpoint, its copy of the verifier."""
    return Path(settings.DATA_DIR) / "authority"


def witness_begins(world: World) -> None:
    """The body hands over its log key; the authority's witness, a script of its own, hands back its verifier key."""
    folder = authority_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "log.vkey").write_text(checkpoints.log_vkey() + "\n")
    key = _script("init", str(folder / "witness"), "--name", "yunze-amr.example/witness", "--log-key", str(folder / "log.vkey"))
    (folder / "witness.vkey").write_text(key)
    shutil.copy(verifier.__file__, folder / "verify.py")
    checkpoints.add_witness(key.strip())


def witnessed(world: World | None = None) -> None:
    """Sequence, sign, ask the witness, take in its answer."""
    sequence()
    checkpoints.checkpoint()
    exchange.exchange()
    _script("drop", str(authority_folder() / "witness"), str(exchange.outbox()), str(exchange.inbox()))
    exchange.exchange()


def sealed(world: World) -> None:
    """Each sitting's dossier, then the package of the event; final when the witness has seen the seals."""
    archivist = world.actor("archivist")
    for sitting in world.progress.each(Sitting.objects.filter(pk__in=[one.pk for one in world.things["sittings"]]), "dossiers"):
        archive.seal_sitting(by=archivist, sitting=sitting)
    world.things["event"].refresh_from_db()
    archive.seal_event(by=archivist, event=world.things["event"])
    witnessed()
    if archive.finish_receipts() == 0 or Bag.objects.filter(state="waiting").exists():
        raise AssertionError("every seal must be witnessed by now")


def delivered(world: World) -> None:
    """The inspector asks for copies: each bag with a receipt up to the newest witnessed head."""
    witnessed()
    folder = authority_folder()
    (folder / "checkpoint").write_text(checkpoints.cosigned_note(checkpoints.latest_witnessed()))
    inspector = world.actor("oversight_inspector")
    for bag in world.progress.each(Bag.objects.filter(kind__in=["event", "sitting"]), "copies"):
        job = archive.consult(by=inspector, bag=bag, purpose="监督检查取证")
        document = Document.objects.get(pk=_finished(job).result_document_id)
        with zipfile.ZipFile(io.BytesIO(documents.fetch(by=inspector, document=document))) as parcel:
            parcel.extractall(folder / "delivered")


def _finished(job: Job) -> Job:
    for _ in range(240):
        job.refresh_from_db()
        if job.state == "done":
            return job
        if job.state in ("failed", "cancelled"):
            raise RuntimeError(f"{job.kind}: {job.errors}")
        time.sleep(0.25)
    raise TimeoutError(job.kind)


def verified(world: World) -> None:
    """The authority's own copy of the program, with nothing but the standard library, over every delivered bag."""
    for bag in Bag.objects.filter(kind__in=["event", "sitting"]):
        done = subprocess.run(_verify_command(bag), capture_output=True, text=True, cwd=authority_folder())
        if done.returncode != 0:
            raise AssertionError(f"{bag.name}: {done.stdout}{done.stderr}")
    world.things["verified"] = True


def journal(world: World) -> None:
    """The journal against the tables: everything fits but the one mark that was forged."""
    found = [f"{fault.id} {fault.params}" for fault in verify.faults()]
    if len(found) != 1 or not found[0].startswith("journal.E005 {'table': 'exams.Mark'"):
        raise AssertionError(f"exactly the forged mark must be found, not {len(found)} faults: {found[:3]}")


def audit(world: World) -> None:
    """Two inspectors run every check, order rectification, the body reports, the authority accepts and closes."""
    officer = world.actor("authority_officer")
    opened = oversight.open_audit(by=officer, body=world.body, event=world.things["event"], inspectors=world.staff["oversight_inspector"])
    inspector = world.actor("oversight_inspector")
    oversight.run_checks(by=inspector, audit=opened)
    found = {finding.check_id for finding in opened.findings.all()}
    missing = {check: wrong for check, wrong in PLANTED.items() if check not in found}
    kin = ObjectionNotice.objects.filter(person=world.things["half_declared"].person_id).select_related("ruling").first()
    if kin is None or "recusal.kin_of_candidate" not in {one["id"] for one in kin.ruling.objections}:
        missing["recusal.kin_of_candidate"] = "kinship of two half-declarations"
    if missing:
        raise AssertionError(f"not found: {missing}")
    world.things["audit"] = opened


def rectification(world: World) -> None:
    inspector, head, audit = world.actor("oversight_inspector"), world.actor("head_of_body"), world.things["audit"]
    due = clock.today() + timedelta(days=10)
    orders = [
        oversight.order_rectification(by=inspector, audit=audit, finding=finding, due_on=due, text="查明原因，限期整改，报送整改材料")
        for finding in audit.findings.all()
    ]
    world.go_to(clock.now() + timedelta(days=4))
    for order in orders:
        order = oversight.report_rectification(by=head, rectification=order, text="已查明原因并整改，相关人员已处理，附会议纪要")
        oversight.accept_rectification(by=inspector, rectification=order)
    audit.refresh_from_db()
    oversight.close_audit(by=inspector, audit=audit)
    oversight.print_report(by=inspector, audit=audit)
    witnessed()
    world.go_to(clock.now() + timedelta(days=1))


def summary(world: World) -> dict[str, Any]:
    """Figures and paths of what came out."""
    reports = [coverage.report(sitting) for sitting in Sitting.objects.filter(pk__in=[one.pk for one in world.things["sittings"]])]
    bag = Bag.objects.filter(kind="event").get()
    return {
        "candidates": Person.objects.filter(applications__isnull=False).distinct().count(),
        "sittings": len(reports),
        "duties": Duty.objects.filter(live=True).count(),
        "rulings": Ruling.objects.count(),
        "rulings_refused": Ruling.objects.filter(allowed=False).count(),
        "objection_notices": ObjectionNotice.objects.count(),
        "seat_seconds": sum(report.coverage.all_ms for report in reports) // 1000,
        "seat_seconds_uncovered": -(-sum(report.coverage.total("gap") for report in reports) // 1000),
        "camera_faults": FaultEvent.objects.count(),
        "journal_entries": Entry.objects.count(),
        "findings": Finding.objects.count(),
        **figures(world),
        "bag": str(authority_folder() / "delivered" / bag.name),
        "verifier": str(authority_folder() / "verify.py"),
        "log_key": str(authority_folder() / "log.vkey"),
        "witness_key": str(authority_folder() / "witness.vkey"),
        "checkpoint": str(authority_folder() / "checkpoint"),
        "verified": bool(world.things.get("verified")),
    }


def _verify_command(bag: Bag) -> list[str]:
    folder = authority_folder()
    keys = [
        "--log-key",
        str(folder / "log.vkey"),
        "--witness-key",
        str(folder / "witness.vkey"),
        "--checkpoint",
        str(folder / "checkpoint"),
    ]
    return [sys.executable, str(folder / "verify.py"), str(folder / "delivered" / bag.name), *keys]


def _script(*arguments: str) -> str:
    done = subprocess.run([sys.executable, str(WITNESS), *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"witness {arguments[0]}: {done.stderr}")
    return done.stdout
