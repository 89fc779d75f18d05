"""Objections and verdicts: value objects shared by every rule; a finished sentence is made only when somebody reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from exams import wording

Severity = Literal["block", "decide", "disclose"]


def gettext_noop(message: str) -> str:
    """Mark a message for the catalogue without importing Django (rules stay pure)."""
    return message


@dataclass(frozen=True)
class Objection:
    """One reason against: message id with parameters, its basis, and the way out (all English msgids).

    `private` names the parameters that only the person, the deciding superior and the inspector may see.
    """

    id: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    basis: str = ""
    remedy: str = ""
    severity: Severity = "block"
    private: tuple[str, ...] = ()

    def text(self, *, named: bool = False) -> str:
        """The sentence in the reader's language; private parameters are withheld unless `named`."""
        return wording.render(self.message, self._shown(named))

    def basis_text(self) -> str:
        return wording.render(self.basis, self.params)

    def remedy_text(self) -> str:
        return wording.render(self.remedy, self._shown(False))

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "message": self.message,
            "params": {key: wording.plain(value) for key, value in self.params.items()},
            "basis": self.basis,
            "remedy": self.remedy,
            "severity": self.severity,
            "private": list(self.private),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Objection:
        return cls(**{**data, "private": tuple(data.get("private", ()))})

    def _shown(self, named: bool) -> dict[str, Any]:
        if named or not self.private:
            return self.params
        return {key: wording.WITHHELD if key in self.private else value for key, value in self.params.items()}

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True)
class Verdict:
    """An answer that carries its reason."""

    allowed: bool
    reason: Objection | None = None

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Verdict(True)
