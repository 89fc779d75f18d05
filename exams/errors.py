"""The refusals of the system; one middleware turns them into a page, a form error or a socket reply."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from exams.verdicts import Objection


class Refused(Exception):
    """A rule objects. Carries every objection; `keep` names unsaved rows (a ruling) to be stored with the refusal."""

    def __init__(self, objections: Iterable[Objection], keep: Iterable[Any] = ()) -> None:
        self.objections = list(objections)
        self.keep = list(keep)
        super().__init__("; ".join(objection.id for objection in self.objections))


class NotPermitted(Exception):
    """The actor may not do this at all; the reason says why."""

    def __init__(self, reason: Objection) -> None:
        self.reason = reason
        super().__init__(reason.id)


class Stale(Exception):
    """Somebody else moved the row first: what was shown is no longer so."""

    def __init__(self, obj: Any) -> None:
        self.obj = obj
        super().__init__(str(obj))


class Sealed(Exception):
    """The record is closed; only an addendum is possible."""

    def __init__(self, what: Any) -> None:
        self.what = what
        super().__init__(str(what))


def refuse(id: str, message: str, *, basis: str = "", remedy: str = "", **params: Any) -> NoReturn:
    """Refuse with one objection."""
    raise Refused([Objection(id, message, params, basis, remedy)])
