"""Automatic audit checks: functions that look at a body's events and yield findings, registered by every subject.

    @audit_check("video.E001", _("Unexplained gaps"), basis=_("Notice 2024 No. 34, I (3)"), level="serious", block="video")
    def unexplained_gaps(scope: Scope) -> Iterator[Draft]:
        for gap in Gap.objects.filter(sitting__slot__event__in=scope.events, ...):
            yield Draft(_("%(camera)s: %(seconds)s s without explanation"), {"camera": …, "seconds": …}, about=gap)

The message is an English msgid with parameters, `about` the row it is about (its id makes the finding greppable and unique),
`facts` whatever JSON shows it. A check only reads. One that breaks is shown as broken: silence is never taken for a clean record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from exams.people.models import Organisation
from exams.programme.models import Event
from exams.registry import Registry
from exams.verdicts import gettext_noop

Level = Literal["serious", "ordinary", "notice"]
Block = Literal["management", "video", "archive"]
AUDIT_CHECKS = Registry("audit checks")
NOTICE = gettext_noop("Notice 2024 No. 34, I (3)")


@dataclass(frozen=True)
class Scope:
    """What is looked at: one body, and the events of it that the audit covers."""

    body: Organisation
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Draft:
    """One departure as a check found it."""

    message: str
    params: dict[str, Any] = field(default_factory=dict)
    about: Any = None
    facts: dict[str, Any] = field(default_factory=dict)
    level: Level | None = None

    @property
    def about_key(self) -> tuple[str, str]:
        """Type and id of the row, as text."""
        if self.about is None:
            return "", ""
        if isinstance(self.about, tuple):
            return str(self.about[0]), str(self.about[1])
        return self.about._meta.label, str(self.about.pk)


def audit_check(
    id: str, title: Any, basis: Any = NOTICE, level: Level = "ordinary", block: Block = "management"
) -> Callable[[Callable[[Scope], Iterable[Draft]]], Any]:
    """Register a check."""
    return AUDIT_CHECKS.register(id, title=title, basis=basis, level=level, block=block)
