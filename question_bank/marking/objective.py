"""Marks for answers that a rule alone can mark."""

from __future__ import annotations

from decimal import Decimal

OBJECTIVE = frozenset({"single_choice", "multiple_choice", "true_false"})
ALL_OR_NOTHING = "all_or_nothing"
HALF_FOR_PART = "half_for_part"

_TRUE = frozenset({"T", "TRUE", "Y", "√", "对", "正确"})
_FALSE = frozenset({"F", "FALSE", "N", "×", "错", "错误"})


def normal_key(kind: str, key: str) -> str:
    """One spelling per answer: letters sorted and single for choices, T or F for true and false."""
    text = key.strip()
    if kind == "true_false":
        word = text.upper()
        return "T" if word in _TRUE else "F" if word in _FALSE else ""
    if kind in OBJECTIVE:
        return "".join(sorted({letter for letter in text.upper() if "A" <= letter <= "Z"}))
    return text


def mark(kind: str, key: str, answer: str, marks: Decimal, rule: str = ALL_OR_NOTHING) -> Decimal | None:
    """The marks an answer earns, or None if a person must mark it. A blank earns nothing."""
    if kind not in OBJECTIVE:
        return None
    right, given = normal_key(kind, key), normal_key(kind, answer)
    if not right:
        raise ValueError("a question without a key cannot be marked")
    if given == right:
        return marks
    part = kind == "multiple_choice" and given and set(given) < set(right)
    if rule == HALF_FOR_PART and part:
        return marks / 2
    return Decimal(0)


def total(lines: list[tuple[str, str, str, Decimal]], rule: str = ALL_OR_NOTHING) -> tuple[Decimal, int]:
    """The sum over (kind, key, answer, marks), and how many answers still wait for a person."""
    earned = [mark(kind, key, answer, marks, rule) for kind, key, answer, marks in lines]
    return sum((value for value in earned if value is not None), Decimal(0)), earned.count(None)
