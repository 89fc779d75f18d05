"""Sealing: the gate, the bag with its index, and the row that names its journal entry."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from exams import clock
from exams.access import Actor
from exams.archive import bags, contents, queries, sections
from exams.archive.models import Bag
from exams.archive.sections import as_json
from exams.errors import Refused
from exams.journal.actions import record
from exams.programme.models import Event
from exams.sittings.models import Sitting
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

Found = dict[str, list[tuple[str, bytes]]]
# Years, what they count from, and how firm that is. Start values: the value for this examination is not verified.
RETENTION = {
    "dossier": (5, _("end of the event"), _("Example value; skill-level recognition, electronic records")),
    "personal": (3, _("end of the event"), _("Example value; skill-level recognition, paper records")),
}
README = """\
本文件夹是封存的考试卷宗，格式为 BagIt 1.0，内容以 JSON 和 PDF 保存，不依赖本系统即可阅读。
00-index.json 为卷内目录；events.jsonl 为操作日志原始记录，每行一条。
校验方法见同名 .receipt 文件夹中的 README.txt。

This folder is a sealed examination record (BagIt 1.0). 00-index.json lists its contents; events.jsonl holds the
journal's entries as they were hashed. How to verify it stands in the README.txt of the .receipt folder beside it.
"""


def sitting_blockers(sitting: Sitting, found: dict[str, Any] | None = None) -> list[Objection]:
    """What still blocks sealing a sitting, from the gate that would refuse."""
    if sitting.state == "sealed":
        return [Objection("archive.sealed", _("The dossier is sealed already."), remedy=_("Later facts go into a supplement."))]
    against = []
    if sitting.state != "closed":
        remedy = _("Close the room with its signed record.")
        against.append(Objection("archive.not_closed", _("The room is not closed yet."), remedy=remedy))
    return against + sections.missing(sitting, "sitting", found)


def event_blockers(event: Event, found: dict[str, Any] | None = None) -> list[Objection]:
    """What still blocks sealing the package of an event: dossiers not sealed, results not published."""
    if Bag.objects.filter(event=event, kind="event").exists():
        return [Objection("archive.sealed", _("The dossier is sealed already."), remedy=_("Later facts go into a supplement."))]
    unsealed = Sitting.objects.filter(slot__event=event, live=True).exclude(state="sealed").select_related("room")
    message, remedy = _("Room %(room)s is not sealed yet."), _("Seal its dossier first.")
    against = [Objection("archive.unsealed", message, {"room": str(row.room)}, remedy=remedy) for row in unsealed]
    return against + sections.missing(event, "event", found)


def seal_sitting(by: Actor, sitting: Sitting) -> Bag:
    """Both volumes of a sitting: the personal one first, for the dossier names its digest."""
    found = sections.gather(sitting, "sitting")
    against = sitting_blockers(sitting, found)
    if against:
        raise Refused(against)
    event, name = sitting.slot.event, _name("S", sitting.slot.event, sitting)
    personal = sections.gather(sitting, "sitting", personal=True)
    parts = {}
    if personal:
        volume = _write(by, f"{name}-P", event, personal, b"", {})
        parts = {"personal": volume.facts()}
    written = _write(by, name, event, found, contents.events(sitting), parts)
    about = {"event": event, "sitting": sitting}
    bag = _keep(by, "archive.seal_sitting", written, found, kind="sitting", **about)
    if personal:
        _keep(by, "archive.seal_sitting", volume, personal, kind="personal", parent=bag, retention_class="personal", **about)
    return bag


def seal_event(by: Actor, event: Event) -> Bag:
    """The package of an event: its own sections, and the seal of every dossier by name and digest."""
    found = sections.gather(event, "event")
    against = event_blockers(event, found)
    if against:
        raise Refused(against)
    dossiers = list(Bag.objects.filter(event=event, kind__in=["sitting", "supplement"]).order_by("name"))
    seals = {bag.name: {"tagmanifest": bag.tagmanifest, "files": bag.files, "bytes": bag.bytes} for bag in dossiers}
    written = _write(by, _name("E", event), event, found, contents.events(event), {"dossiers": seals})
    return _keep(by, "archive.seal_event", written, found, kind="event", event=event)


def add_supplement(by: Actor, parent: Bag, title: str, files: list[tuple[str, bytes]]) -> Bag:
    """Later facts beside a sealed dossier: a bag of its own that names the digest it belongs to."""
    number = parent.parts.filter(kind="supplement").count() + 1
    found = {"30-supplement": [(f"30-supplement/{name}", content) for name, content in files]}
    named = {"supplements": {"bag": parent.name, "tagmanifest": parent.tagmanifest, "title": title}}
    written = _write(by, f"{parent.name}-A{number:02d}", parent.event, found, b"", named)
    about = {"event": parent.event, "sitting": parent.sitting, "parent": parent}
    return _keep(by, "archive.add_supplement", written, found, kind="supplement", **about)


def retain_until(event: Event, retention_class: str) -> date:
    """The last day of the retention period."""
    years = RETENTION[retention_class][0]
    last = event.ends_on
    return last.replace(year=last.year + years, day=28 if (last.month, last.day) == (2, 29) else last.day)


def _write(by: Actor, name: str, event: Event, found: Found, entries: bytes, named: dict[str, Any]) -> bags.Written:
    index = {
        "bag": name, "event": event.number, "body": event.body.name, "sealed_at": clock.now(), "sealed_by": by.person_id,
        "simulated": clock.simulated(), "sections": {id: [path for path, _content in files] for id, files in found.items()}, **named,
    }  # fmt: skip
    files = [("00-index.json", as_json(index)), ("README-zh.txt", README.encode())]
    if entries:
        files.append(("events.jsonl", entries))
    files += [one for section in found.values() for one in section]
    info = {"Source-Organization": event.body.name, "Bagging-Date": clock.machine().date().isoformat(), "External-Description": event.title}
    return bags.write(queries.shelf(), name, files, info)


def _keep(by: Actor, act: str, written: bags.Written, found: dict[str, Any], **about: Any) -> Bag:
    """The row, and the entry whose body becomes the seal."""
    retention_class = about.pop("retention_class", "dossier")
    bag = Bag.objects.create(
        name=written.path.name, tagmanifest=written.tagmanifest, files=written.files, bytes=written.bytes, contents=sorted(found),
        sealed_by_id=by.person_id, sealed_at=clock.now(), retention_class=retention_class,
        retain_until=retain_until(about["event"], retention_class), **about,
    )  # fmt: skip
    entry = record(act, bag, by=by, about=[one for one in (bag.sitting, bag.event, bag.parent) if one], kind=bag.kind, **written.facts())
    Bag.objects.filter(pk=bag.pk).update(entry_id=entry.pk)
    bag.entry_id = entry.pk
    return bag


def _name(letter: str, event: Event, sitting: Sitting | None = None) -> str:
    number = re.sub(r"[^A-Za-z0-9._-]", "", event.number).strip("._-") or event.pk.hex[-8:]
    return f"{letter}-{number}-{(sitting or event).pk.hex[-8:]}"
