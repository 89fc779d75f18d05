"""Small worlds for property tests: facts of every kind there is, about people, organisations and papers few enough to meet."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from exams.recusal import facts as f
from exams.recusal.facts import Matter
from exams.recusal.kinship import RELATIONS

DAYS = [date(2022, 5, 16), date(2025, 5, 15), date(2026, 5, 15), date(2026, 5, 16), date(2026, 5, 17)]
PEOPLE = ["p", "q", "r", "c", "d", "e"]
PLACES = ["o", "t", "b"]
WORDS: dict[str, list[str]] = {
    **dict.fromkeys(("person", "other", "candidate", "who"), PEOPLE),
    "organisation": PLACES,
    "kind": ["employer", "training_body", "exam_body"],
    "family": ["UT", "RT"],
    "event_id": ["ev", ""],
    "event": ["ev", ""],
    "body_id": ["b"],
    "scope": ["", "ev", "b"],
    "state": ["filed", "granted"],
    "part": ["set", "reviewed", "assembled", "approved"],
    "paper": ["P1", "P2", ""],
    "question": ["Q1", "Q2", ""],
    "capacity": ["invigilator", "setter", "chief", "security_administrator"],
    "complaint_id": ["x", "y"],
    "relation": sorted(RELATIONS),
    "place": ["R03"],
}
KEYS = {"person": [f"k{one}" for one in PEOPLE], "relative": [*(f"k{one}" for one in PEOPLE), "kz"]}
ANYTHING = ["p", "c", "o", "b", "ev", "P1", "Q1", "x", ""]  # what a text of a kind of fact not thought of here may say


def some(hint: Any, name: str = "", words: dict[str, list[str]] = WORDS) -> st.SearchStrategy[Any]:
    """Values of a declared type; texts are what a field of that name can say."""
    if hint is str:
        return st.sampled_from(words.get(name, ANYTHING if not name.endswith(("_name", "title", "number", "named")) else ["N"]))
    if hint in (bool, int):
        return st.booleans() if hint is bool else st.integers(1, 4)
    if hint is date:
        return st.sampled_from(DAYS)
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is frozenset:
        return st.frozensets(st.sampled_from(PEOPLE), max_size=2)
    if origin is tuple:
        return st.lists(some(inner[0]), max_size=2).map(tuple)
    if origin is types.UnionType:
        return st.one_of(*(st.none() if one is type(None) else some(one, name, words) for one in inner))
    if is_dataclass(hint):
        return some_fact(typing.cast(type, hint))
    raise TypeError(f"no values of {hint} for {name}")


def some_fact(kind: type) -> st.SearchStrategy[Any]:
    """Any fact of one kind, however little sense it makes, but for this: what is within a fact is about the same person."""
    hints = typing.get_type_hints(kind)
    words = {**WORDS, **KEYS} if kind is f.KinEdge else WORDS
    made = st.builds(kind, **{field.name: some(hints[field.name], field.name, words) for field in fields(kind)})
    return made.map(_about_one_person) if kind is f.Doubt else made


def _about_one_person(fact: Any) -> Any:
    parts = {field.name: getattr(fact, field.name) for field in fields(fact)}
    return replace(fact, **{name: replace(part, person=fact.person) for name, part in parts.items() if is_dataclass(part)})


KNOWN = [f.Known(id=one, key=f"k{one}", name=one.upper(), sex=sex) for one, sex in zip(PEOPLE, ("male", "female", "") * 2, strict=True)]
ANY_FACT = st.one_of(*(some_fact(kind) for kind in f.FIELD_OF if kind is not f.Known))
POLICY = st.builds(f.Policy, cooloff_years=st.integers(1, 3), rotation_times=st.integers(1, 2))
MATTER = st.builds(
    Matter,
    on=st.sampled_from(DAYS[-2:]),
    event_id=st.sampled_from(["ev", ""]),
    body_id=st.just("b"),
    family=st.sampled_from(["UT", ""]),
    families=st.frozensets(st.sampled_from(["UT", "RT"])),
    item=st.just("超声检测 Ⅱ级"),
    form=st.sampled_from(["theory", "practical"]),
    room=st.sampled_from(["R03", "R04"]),
    candidates=st.frozensets(st.sampled_from(["c", "d", "e", "p"])),
    employers=st.frozensets(st.sampled_from(PLACES)),
    colleagues=st.frozensets(st.sampled_from(["q", "r"])),
    paper_ids=st.frozensets(st.sampled_from(["P1", "P2"])),
    question_ids=st.frozensets(st.sampled_from(["Q1", "Q2"])),
    inspected=st.frozensets(st.sampled_from(PLACES)),
    complaint_id=st.sampled_from(["", "x"]),
)
