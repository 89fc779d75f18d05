"""Registries: how upper subjects plug into lower ones without being imported by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One registered function: its id, itself, what was said about it, where it stands."""

    id: str
    function: Callable[..., Any]
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def doc(self) -> str:
        return (self.function.__doc__ or "").strip().split("\n")[0]

    @property
    def place(self) -> str:
        return f"{self.function.__module__}.{self.function.__qualname__}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.about[name]
        except KeyError:
            raise AttributeError(name) from None


class Registry:
    """Functions by id. Ids are unique and the order is stable (by id), whatever was imported first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, Entry] = {}

    def register(self, id: str, **about: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def add(function: Callable[..., Any]) -> Callable[..., Any]:
            if id in self._entries:
                raise ValueError(f"{self.name}: {id!r} stands already in {self._entries[id].place}")
            self._entries[id] = Entry(id, function, about)
            return function

        return add

    def get(self, id: str) -> Entry:
        return self._entries[id]

    def __contains__(self, id: str) -> bool:
        return id in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(sorted(self._entries.values(), key=lambda entry: entry.id))

    def __len__(self) -> int:
        return len(self._entries)
