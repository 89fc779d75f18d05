"""How a message id with parameters becomes a sentence in the reader's language; the rules themselves stay free of Django."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

# Replaced at start by the catalogue's gettext; without Django the English source stands.
_translate: Callable[[str], str] = lambda message: message  # noqa: E731

WITHHELD = "…"


def use(translate: Callable[[str], str]) -> None:
    """Let sentences be looked up by `translate` from now on."""
    global _translate
    _translate = translate


def render(message: str, params: dict[str, Any]) -> str:
    """The translated message with its parameters; a text parameter that is itself a msgid is translated too."""
    if not message:
        return ""
    shown = {key: _translate(value) if isinstance(value, str) and value else value for key, value in params.items()}
    text = _translate(message)
    return text % shown if "%(" in text else text


def template(message: str) -> str:
    """The translated message with its places left open."""
    return _translate(message) if message else ""


def plain(value: Any) -> Any:
    """A parameter as JSON can hold it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str | int | bool | float) or value is None:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value)
