"""The door through which every change of state goes, and the only writer of the journal."""

from __future__ import annotations

import contextvars
import functools
import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.db import models, transaction

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
    """Write one entry in the running transaction.

    `facts` go into the hashed body; `private` (names, numbers of persons) stands beside it as a salted commitment.
    `about` lists further objects that the act concerns. A watched row's state is kept with the entry; `removed` says it is gone.
    """
    recorded_at = clock.machine()
    occurred = occurred_at or clock.now()
    object_type, object_id = _named(obj)
    salt, data = secrets.token_bytes(16), _detail(obj, by, private, removed)
    body = canonical.dumps(
        {
            "v": 1,
            "action": action,
            "outcome": outcome,
            "occurred_at": occurred,
            "recorded_at": recorded_at,
            "actor": {"id": by.person_id, "account": by.account_id, "capacity": by.capacity},
            "organisation": {"id": by.organisation_id, "name": by.organisation},
            "object": {"type": object_type, "id": object_id},
            "facts": facts,
            "detail": hashlib.sha256(salt + data).hexdigest(),
        }
    )
    entry = Entry.objects.create(
        action=action,
        outcome=outcome,
        occurred_at=occurred,
        recorded_at=recorded_at,
        actor_id=by.person_id,
        organisation_id=by.organisation_id,
        object_type=object_type,
        object_id=object_id,
        body=body,
    )
    Detail.objects.create(entry=entry, salt=salt, data=data)
    Mention.objects.bulk_create(
        Mention(entry=entry, object_type=kind, object_id=pk) for kind, pk in dict.fromkeys(map(_named, about)) if pk
    )
    count = _written.get()
    if count is not None:
        _written.set(count + 1)
    return entry


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


def _detail(obj: Any, by: Actor, private: dict[str, Any] | None, removed: bool) -> bytes:
    data: dict[str, Any] = {"actor": by.name, "object": str(obj) if obj is not None else "", "private": private or {}}
    state = "removed" if removed else snapshot(obj)
    if state is not None:
        data["state"] = state
    return canonical.dumps(data)
