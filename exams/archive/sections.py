"""The sections of a dossier: a registry that every subject fills with its part of the record.

    @section("08-video", _("Video index"), required=True)
    def video(sitting) -> Iterable[tuple[str, bytes]]: ...

A section yields files by relative name. What it yields stands under `<id>/`; a required section that yields nothing is missing,
and nothing is sealed before it is there. `of="event"` is for the package of a whole event, `personal=True` for originals with
personal data: they go into a volume of their own, so that destroying it leaves the rest verifiable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from exams.journal import canonical
from exams.registry import Entry, Registry
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

Files = Iterable[tuple[str, bytes]]
SECTIONS = Registry("dossier sections")


def section(
    id: str, title: Any = "", *, required: bool = False, of: Literal["sitting", "event"] = "sitting", personal: bool = False
) -> Callable[[Callable[[Any], Files]], Any]:
    """Register a section; ids begin with the two digits of their folder and are unique over sittings and events."""
    return SECTIONS.register(id, title=title or id, required=required, of=of, personal=personal)


def as_json(value: Any) -> bytes:
    """Readable JSON of canonical values: the same record makes the same bytes."""
    plain = json.loads(canonical.dumps(value))
    return (json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def wanted(of: str, *, personal: bool = False) -> Iterator[Entry]:
    """The sections of a kind of bag, in their order."""
    return (entry for entry in SECTIONS if entry.of == of and entry.personal is personal)


def gather(obj: Any, of: str, *, personal: bool = False) -> dict[str, list[tuple[str, bytes]]]:
    """The files of every section, by section id; empty sections are left out."""
    found = {entry.id: [(f"{folder(entry.id)}/{name}", content) for name, content in entry(obj)] for entry in wanted(of, personal=personal)}
    return {id: files for id, files in found.items() if files}


def missing(obj: Any, of: str, found: dict[str, Any] | None = None) -> list[Objection]:
    """One objection for each required section that has nothing to show."""
    found = gather(obj, of) if found is None else found
    return [
        Objection(
            f"archive.missing.{entry.id}",
            _("Missing from the dossier: %(section)s."),
            {"section": str(entry.title)},
            _("Notice 2024 No. 34, I (3): filing of records"),
            _("Complete the record; the dossier stays open until then."),
        )
        for entry in wanted(of)
        if entry.required and entry.id not in found
    ]


def folder(id: str) -> str:
    """The folder of a section: event sections share the numbers of the sittings' folders."""
    return id.removesuffix("-event")
