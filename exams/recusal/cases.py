"""A case of recusal as a file: read strictly, every fault named by its JSON path, put to the rules, answered for other programs."""

from __future__ import annotations

import json
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from exams import wording
from exams.capacities import CAPACITIES
from exams.recusal import rules
from exams.recusal.facts import FIELD_OF, Employment, Facts, KinEdge, Known, Matter, Policy
from exams.verdicts import gettext_noop as _

FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)
MOST_YEARS = 30  # as for the parameter itself
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CAPACITY = tuple(CAPACITIES)
# What a text of these names may say; a word the rules do not know would otherwise pass as no ground at all.
_WORDS: dict[tuple[type | None, str], tuple[str, ...]] = {
    (None, "capacity"): _CAPACITY,
    (Matter, "form"): ("theory", "practical", "oral"),
    (Known, "sex"): ("", "male", "female"),
    (Employment, "kind"): ("", "issuing_authority", "exam_body", "employer", "training_body"),
    (None, "part"): ("set", "reviewed", "assembled", "approved"),
    (None, "state"): ("filed", "granted", "refused", "withdrawn"),
}
_SEVERITIES = ("block", "decide", "disclose")


@dataclass(frozen=True)
class Fault:
    """What is wrong at one place of the file: its JSON path, and a message id with parameters."""

    path: str
    message: str
    params: dict[str, Any]

    def text(self) -> str:
        return wording.render(self.message, self.params)


class Faulty(Exception):
    """The file is no case; carries every fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in self.faults))


def read(content: bytes) -> Facts:
    """The facts of a case. Raises Faulty with all faults; those in the sense of the case are looked for once its form is right."""
    reader = _Reader()
    facts = reader.value(Facts, _parsed(content), "$")
    if not reader.faults:
        reader.faults += _senseless(facts)
    if reader.faults:
        raise Faulty(reader.faults)
    known = {one.id for one in facts.known}
    unnamed = (facts.matter.candidates | facts.matter.colleagues | {facts.person}) - known
    return facts.with_facts(Known(id=id, key=id, name=id) for id in unnamed)


def answer(facts: Facts) -> dict[str, Any]:
    """What the rules say, as plain values; sentences are in the language of the moment."""
    objections = rules.judge(facts)
    return {
        "rules": rules.VERSION,
        "facts_digest": facts.digest(),
        "person": facts.person,
        "capacity": facts.capacity,
        "allowed": rules.allows(objections),
        "objections": [
            {
                "id": one.id,
                "severity": one.severity,
                "waivable": rules.waivable(one.id),
                "text": one.text(named=True),
                "basis": one.basis_text(),
                "remedy": one.remedy_text(),
                "params": {name: wording.plain(value) for name, value in one.params.items()},
                "private": list(one.private),
            }
            for one in objections
        ],
    }


def shape() -> Iterator[tuple[str, str, str]]:
    """What a case may contain: where, its names with their types and what is meant if they are left out, and what it is."""
    yield "$", _named(Facts, only=("person", "capacity")), "who is asked about, acting as what"
    yield "$.matter", _named(Matter), _meant(Matter)
    yield "$.policy", _named(Policy), _meant(Policy)
    for kind, name in FIELD_OF.items():
        yield f"$.{name}[*]", _named(kind), _meant(kind)


def _meant(kind: type) -> str:
    return (kind.__doc__ or "").split("\n")[0]


def _named(kind: type, only: tuple[str, ...] = ()) -> str:
    hints = typing.get_type_hints(kind)
    wanted = [field for field in fields(kind) if field.name in (only or hints)]
    return ", ".join(f"{field.name}: {_type(hints[field.name])}{_else(kind, field)}" for field in wanted)


def _type(hint: Any) -> str:
    plain = {str: "text", bool: "true or false", int: "number", date: "day", type(None): "null"}
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        return " or ".join(_type(one) for one in inner)
    if origin in (frozenset, tuple):
        return f"list of {_type(inner[0])}" if inner[-1] is ... or origin is frozenset else " and ".join(_type(one) for one in inner)
    return plain.get(hint) or f"as in {FIELD_OF.get(hint, hint.__name__)}"


def _else(kind: type, field: Field[Any]) -> str:
    if (kind, field.name) == (Known, "key"):
        return " = id"
    if field.default is MISSING:
        return ""
    return f" = {json.dumps(list(field.default) if isinstance(field.default, frozenset | tuple) else field.default)}"


# ------------------------------------------------------------------------------------------------------------------ its form


class _Object(dict[str, Any]):
    """A JSON object that remembers which names stand in it more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [name for name, _value in pairs]
        self.twice = sorted({name for name in names if names.count(name) > 1}) if len(self) < len(names) else []


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_Object, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Faulty([Fault("$", _("The file is not UTF-8 text."), {})]) from None
    except RecursionError:
        raise Faulty([Fault("$", _("The file is nested too deeply."), {})]) from None
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        raise Faulty([Fault("$", _("This is no JSON: line %(line)s, column %(column)s."), where)]) from None
    except ValueError:
        raise Faulty([Fault("$", _("A number in the file is none."), {})]) from None


def _no_number(name: str) -> Any:
    raise ValueError(name)


class _Reader:
    """Values of declared types out of JSON; what does not fit is noted and left out."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def value(self, hint: Any, data: Any, path: str, words: tuple[str, ...] = ()) -> Any:
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin is types.UnionType:
            return None if data is None else self.value(inner[0], data, path, words)
        if is_dataclass(hint):
            return self._object(typing.cast(type, hint), data, path)
        if origin in (frozenset, tuple):
            return self._list(origin, inner, data, path)
        return self._plain(hint, data, path, words)

    def _wrong(self, path: str, message: str, **params: Any) -> None:
        self.faults.append(Fault(path, message, params))

    def _plain(self, hint: Any, data: Any, path: str, words: tuple[str, ...]) -> Any:
        if hint is date:
            return self._day(data, path)
        if hint is int:
            if isinstance(data, int) and not isinstance(data, bool) and 1 <= data <= MOST_YEARS:
                return data
            return self._wrong(path, _("A whole number from 1 to %(most)s is expected."), most=MOST_YEARS)
        if not isinstance(data, hint):
            return self._wrong(path, _("true or false is expected.") if hint is bool else _("A text is expected."))
        if words and data not in words:
            return self._wrong(path, _("Expected is one of: %(words)s."), words=", ".join(word or '""' for word in words))
        return data

    def _day(self, data: Any, path: str) -> date | None:
        try:
            day = date.fromisoformat(data) if isinstance(data, str) and _DAY.fullmatch(data) else None
        except ValueError:
            day = None
        if day is None or not FIRST <= day <= LAST:
            self._wrong(path, _("A day is expected, written as %(example)s."), example="2026-05-16")
            return None
        return day

    def _list(self, origin: Callable[..., Any], inner: tuple[Any, ...], data: Any, path: str) -> Any:
        if not isinstance(data, list):
            self._wrong(path, _("A list is expected."))
            return origin()
        if origin is tuple and inner[-1] is not ... and len(data) != len(inner):
            self._wrong(path, _("A list of %(number)s is expected."), number=len(inner))
            return origin()
        hints = inner if origin is tuple and inner[-1] is not ... else inner[:1] * len(data)
        return origin(self.value(hint, one, f"{path}[{place}]") for place, (hint, one) in enumerate(zip(hints, data, strict=True)))

    def _object(self, kind: type, data: Any, path: str) -> Any:
        if not isinstance(data, _Object):
            return self._wrong(path, _("An object is expected."))
        hints = typing.get_type_hints(kind)
        for name in data.twice:
            self._wrong(_at(path, name), _("This name stands here twice."))
        for name in sorted(set(data) - set(hints)):
            self._wrong(_at(path, name), _("There is no such name here."))
        before, held = len(self.faults), dict(data)
        if kind is Known and "key" not in data and "id" in data:
            held["key"] = data["id"]
        given: dict[str, Any] = {}
        for field in fields(kind):
            if field.name in held:
                words = _WORDS.get((kind, field.name)) or _WORDS.get((None, field.name)) or ()
                given[field.name] = self.value(hints[field.name], held[field.name], _at(path, field.name), words)
            elif field.default is MISSING:
                self._wrong(_at(path, field.name), _("This is missing."))
        return kind(**given) if len(self.faults) == before else None


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if name.isidentifier() else f"{path}[{json.dumps(name, ensure_ascii=False)}]"


# ----------------------------------------------------------------------------------------------------------------- its sense


def _senseless(facts: Facts) -> Iterator[Fault]:
    """What has the right form and would still be answered wrongly: somebody nobody asked about, a period that ends before it begins."""
    people = facts.matter.candidates | facts.matter.colleagues | {facts.person}
    if not facts.person:
        yield Fault("$.person", _("This may not be empty."), {})
    yield from _twice([one.id for one in facts.known], "id")
    yield from _twice([one.key for one in facts.known], "key")
    for place, (rule, severity) in enumerate(facts.policy.severities):
        if not rules.waivable(rule) or severity not in _SEVERITIES:
            yield Fault(f"$.policy.severities[{place}]", _("Expected are a rule that can be waived, and block, decide or disclose."), {})
    for name in FIELD_OF.values():
        for place, fact in enumerate(getattr(facts, name)):
            yield from _senseless_fact(fact, f"$.{name}[{place}]", people)


def _senseless_fact(fact: Any, path: str, people: frozenset[str]) -> Iterator[Fault]:
    if not isinstance(fact, Known | KinEdge) and fact.person not in people:
        yield Fault(f"{path}.person", _("Nobody of this id is asked about, sits or serves here."), {})
    since, until = getattr(fact, "since", None), getattr(fact, "until", None)
    if since and until and until < since:
        yield Fault(f"{path}.until", _("The last day lies before the first."), {})
    for field in fields(fact):
        part = getattr(fact, field.name)
        if is_dataclass(part):
            yield from _senseless_fact(part, f"{path}.{field.name}", people)


def _twice(names: list[str], field: str) -> Iterator[Fault]:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Fault(f"$.known[{place}].{field}", _("This stands for another person already."), {})
