"""The door through which every change of state goes, and the only writer of the journal."""

from __future__ import annotations

import contextvars
import functools
import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.db import connection, models, transaction

from exams import access, clock
from exams.access import Actor
from exams.errors import NotPermitted, Refused
from exams.journal import canonical
from exams.journal.models import Detail, Entry, Mention
from exams.journal.projection import snapshot
from exams.verdicts import Objection

P = ParamSpec("P")
R = TypeVar("R")

# How many entries the running action has written; None outside any action.
_written: contextvars.ContextVar[int | None] = contextvars.ContextVar("journal_written", default=None)


class Unrecorded(RuntimeError):
    """An action ended without an entry: a mistake in the code, never in the use."""


def action(name: str, *, on: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a change of state: permission, one transaction, its journal entry, and the refusal on record.

    `on` names the argument that is the object of the permission. Inside an action use the `plain` form of another one.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def act(**given: Any) -> R:
            if _written.get() is not None:
                raise RuntimeError(f"{name} was called inside another action; call its .plain form")
            by: Actor = given["by"]
            obj = given.get(on) if on else None
            try:
                access.require(by, name, obj)
                return _in_one_transaction(name, function, given)
            except Refused as refusal:
                _record_refusal(name, obj, by, "refused", refusal.objections, refusal.keep)
                raise
            except NotPermitted as denial:
                _record_refusal(name, obj, by, "denied", [denial.reason], ())
                raise

        act.plain = function  # type: ignore[attr-defined]
        act.action = name  # type: ignore[attr-defined]
        return act  # type: ignore[return-value]

    return declare


@dataclass(frozen=True)
class Act:
    """One act to be written down.

    `facts` go into the hashed body; `private` (names, numbers of persons) stands beside it as a salted commitment.
    `about` lists further objects that the act concerns. A watched row's state is kept with the entry; `removed` says it is gone.
    """

    action: str
    obj: Any
    about: Iterable[Any] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None
    outcome: str = "done"
    removed: bool = False


def record(
    action: str,
    obj: Any,
    *,
    by: Actor,
    about: Iterable[Any] = (),
    private: dict[str, Any] | None = None,
    occurred_at: datetime | None = None,
    outcome: str = "done",
    removed: bool = False,
    **facts: Any,
) -> Entry:
    """Write one entry in the running transaction; what is given is explained at `Act`."""
    (entry,) = record_many([Act(action, obj, about, facts, private or {}, occurred_at, outcome, removed)], by=by)
    return entry


def record_many(acts: Iterable[Act], *, by: Actor) -> list[Entry]:
    """Write an entry for each act, in their order, each table at once: what happened to many things in one transaction."""
    acts = list(acts)
    details = [Detail(salt=secrets.token_bytes(16), data=_detail(act, by)) for act in acts]
    entries = _numbered([_entry(act, by, detail) for act, detail in zip(acts, details, strict=True)])
    for entry, detail in zip(entries, details, strict=True):
        detail.entry = entry
    Detail.objects.bulk_create(details)
    Mention.objects.bulk_create(
        Mention(entry=entry, object_type=kind, object_id=pk)
        for entry, act in zip(entries, acts, strict=True)
        for kind, pk in dict.fromkeys(map(_named, act.about))
        if pk
    )
    count = _written.get()
    if count is not None:
        _written.set(count + len(entries))
    return entries


def _entry(act: Act, by: Actor, detail: Detail) -> Entry:
    """The entry, with the bytes that are hashed."""
    recorded_at, (object_type, object_id) = clock.machine(), _named(act.obj)
    occurred_at = act.occurred_at or clock.now()
    body = canonical.dumps(
        {
            "v": 1,
            "action": act.action,
            "outcome": act.outcome,
            "occurred_at": occurred_at,
            "recorded_at": recorded_at,
            "actor": {"id": by.person_id, "account": by.account_id, "capacity": by.capacity},
            "organisation": {"id": by.organisation_id, "name": by.organisation},
            "object": {"type": object_type, "id": object_id},
            "facts": act.facts,
            "detail": hashlib.sha256(detail.salt + detail.data).hexdigest(),
        }
    )
    return Entry(
        action=act.action,
        outcome=act.outcome,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        actor_id=by.person_id,
        organisation_id=by.organisation_id,
        object_type=object_type,
        object_id=object_id,
        body=body,
    )


def _numbered(entries: list[Entry]) -> list[Entry]:
    """Store entries; the database gives their ids in the order of the rows. SQLite before 3.35 says only one id at a time."""
    if connection.features.can_return_rows_from_bulk_insert:
        return Entry.objects.bulk_create(entries)
    for entry in entries:
        entry.save(force_insert=True)
    return entries


def _in_one_transaction(name: str, function: Callable[..., R], given: dict[str, Any]) -> R:
    token = _written.set(0)
    try:
        with transaction.atomic():
            result = function(**given)
            if not _written.get():
                raise Unrecorded(name)
        return result
    finally:
        _written.reset(token)


def _record_refusal(
    name: str, obj: Any, by: Actor, outcome: str, objections: Iterable[Objection], keep: Iterable[models.Model]
) -> None:
    """The change is rolled back; that it was refused, with the ruling and every reason, stays."""
    with transaction.atomic():
        kept = list(keep)
        for row in kept:
            row.save(force_insert=True)
        reasons = [objection.as_json() for objection in objections]
        private = {"params": [reason.pop("params") for reason in reasons]}
        record(name, obj, by=by, about=kept, outcome=outcome, private=private, objections=reasons)


def _named(obj: Any) -> tuple[str, str]:
    if isinstance(obj, models.Model):
        return obj._meta.label, str(obj.pk)
    if isinstance(obj, tuple):
        return obj
    return ("", "") if obj is None else (str(obj), "")


def _detail(act: Act, by: Actor) -> bytes:
    said = str(act.obj) if act.obj is not None else ""
    data: dict[str, Any] = {"actor": by.name, "object": said, "private": act.private}
    state = "removed" if act.removed else snapshot(act.obj)
    if state is not None:
        data["state"] = state
    return canonical.dumps(data)
