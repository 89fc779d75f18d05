"""Drawing parallel forms from a pool by a blueprint and a seed.

Questions that satisfy exactly the same rows are one class. A min-cost flow from (row, form) through
(class, form) to the class decides how many of each class serve each row of each form, so that as few
questions as possible stand in two forms and, among those draws, the least used ones are taken. Which
questions these are, and in which order, follows from the seed alone. Pure: same input, same draw.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from question_bank.assembly.flow import Flow

FORMS = ("A", "B", "S")
REPEAT = 10**6


@dataclass(frozen=True)
class Row:
    """One line of a blueprint: so many questions of this unit, kind, marks and difficulty band."""

    unit: str
    kind: str
    marks: Decimal
    count: int
    easiest: int = 1
    hardest: int = 5

    def takes(self, question: Candidate) -> bool:
        """Whether the question may serve this line."""
        return (
            (self.unit, self.kind, self.marks) == (question.unit, question.kind, question.marks)
            and self.easiest <= question.difficulty <= self.hardest
        )


@dataclass(frozen=True)
class Candidate:
    """What the draw knows of a question: never its text."""

    id: str
    unit: str
    kind: str
    marks: Decimal
    difficulty: int
    uses: int = 0


@dataclass(frozen=True)
class Shortfall:
    """Why no paper can be drawn: the tightest row, and the rows that compete with it for the same questions."""

    row: int
    needed: int
    available: int
    excluded: int
    rivals: tuple[int, ...]
    missing: int


class Infeasible(Exception):
    """The pool does not meet the blueprint."""

    def __init__(self, shortfall: Shortfall) -> None:
        super().__init__(str(shortfall))
        self.shortfall = shortfall


@dataclass(frozen=True)
class Draw:
    """The result: for each form the (row, question) pairs in printing order."""

    forms: dict[str, tuple[tuple[int, str], ...]]
    repeats: int
    pool_digest: str

    def ids(self, form: str) -> tuple[str, ...]:
        """The questions of one form in printing order."""
        return tuple(question for _, question in self.forms[form])

    def shared(self, one: str, other: str) -> int:
        """How many questions two forms have in common."""
        return len(set(self.ids(one)) & set(self.ids(other)))


@dataclass(frozen=True)
class _Class:
    rows: tuple[int, ...]
    members: tuple[Candidate, ...]


def draw(
    rows: Sequence[Row],
    pool: Iterable[Candidate],
    seed: str,
    *,
    excluded: Iterable[str] = (),
    forms: Sequence[str] = FORMS,
) -> Draw:
    """Draw the forms, or raise Infeasible with the tightest row."""
    everything = sorted(pool, key=lambda question: question.id)
    barred = frozenset(excluded)
    open_pool = [question for question in everything if question.id not in barred]
    classes = _classes(rows, open_pool, seed)
    counts = _serve(rows, classes, len(forms))
    if counts is None:
        raise Infeasible(_shortfall(rows, classes, everything, barred))
    taken = _name_members(classes, counts, len(forms))
    taken = _balance(taken, {question.id: question for question in open_pool}, seed)
    order = _roles(taken)
    result = {label: printing_order(taken[index], seed, label) for label, index in zip(forms, order, strict=True)}
    spread = Counter(question for picks in taken for _, question in picks)
    return Draw(result, sum(n - 1 for n in spread.values()), pool_digest(everything, barred))


def pool_digest(pool: Iterable[Candidate], excluded: Iterable[str]) -> str:
    """A digest of what was drawn from, so that the draw can be repeated and compared."""
    lines = [f"{q.id} {q.unit} {q.kind} {q.marks} {q.difficulty} {q.uses}" for q in pool]
    text = "\n".join(sorted(lines) + ["-", *sorted(excluded)])
    return hashlib.sha256(text.encode()).hexdigest()


def _rank(seed: str, *parts: object) -> bytes:
    return hashlib.sha256("\0".join([seed, *map(str, parts)]).encode()).digest()


def _classes(rows: Sequence[Row], pool: Sequence[Candidate], seed: str) -> list[_Class]:
    found: dict[tuple[int, ...], list[Candidate]] = {}
    for question in pool:
        fits = tuple(index for index, row in enumerate(rows) if row.takes(question))
        if fits:
            found.setdefault(fits, []).append(question)
    return [
        _Class(fits, tuple(sorted(members, key=lambda q: (q.uses, _rank(seed, "pick", q.id)))))
        for fits, members in sorted(found.items())
    ]


def _serve(rows: Sequence[Row], classes: Sequence[_Class], forms: int) -> dict[tuple[int, int, int], int] | None:
    """How many of each class serve each row of each form; None if the demand cannot be met."""
    flow = Flow()
    for form in range(forms):
        for index, row in enumerate(rows):
            flow.edge("source", ("row", index, form), row.count, 0)
    for number, group in enumerate(classes):
        size = len(group.members)
        for form in range(forms):
            flow.edge(("class", number, form), ("class", number), size, 0)
            for index in group.rows:
                flow.edge(("row", index, form), ("class", number, form), size, 0)
        for uses, times in sorted(Counter(q.uses for q in group.members).items()):
            flow.edge(("class", number), "sink", times, uses)
        # Repeats come after every first use, whatever its history, and cost the same for each question.
        flow.edge(("class", number), "sink", size * (forms - 1), REPEAT)
    sent = flow.send("source", "sink")
    if sent < forms * sum(row.count for row in rows):
        return None
    return {
        (number, index, form): flow.used(("row", index, form), ("class", number, form))
        for number, group in enumerate(classes)
        for index in group.rows
        for form in range(forms)
    }


def _name_members(
    classes: Sequence[_Class], counts: dict[tuple[int, int, int], int], forms: int
) -> list[list[tuple[int, str]]]:
    """Go round each class once per form, so that nobody is taken twice before everybody was taken once."""
    taken: list[list[tuple[int, str]]] = [[] for _ in range(forms)]
    for number, group in enumerate(classes):
        wanted = [(form, index) for form in range(forms) for index in group.rows for _ in range(counts[number, index, form])]
        for position, (form, index) in enumerate(wanted):
            taken[form].append((index, group.members[position % len(group.members)].id))
    return taken


def _balance(taken: list[list[tuple[int, str]]], known: dict[str, Candidate], seed: str) -> list[list[tuple[int, str]]]:
    """Deal the questions that stand in one form only, hardest first, to the form that is lightest so far."""
    spread = Counter(question for picks in taken for _, question in picks)
    kept = [[pick for pick in picks if spread[pick[1]] > 1] for picks in taken]
    weight = [sum(_weight(known[question]) for _, question in picks) for picks in kept]
    room = [Counter(index for index, question in picks if spread[question] == 1) for picks in taken]
    single = [pick for picks in taken for pick in picks if spread[pick[1]] == 1]
    single.sort(key=lambda pick: (pick[0], -known[pick[1]].difficulty, _rank(seed, "deal", pick[1])))
    for index, question in single:
        able = [form for form in range(len(taken)) if room[form][index]]
        form = min(able, key=lambda number: (weight[number], number))
        kept[form].append((index, question))
        room[form][index] -= 1
        weight[form] += _weight(known[question])
    return kept


def _weight(question: Candidate) -> Decimal:
    return question.difficulty * question.marks


def _roles(taken: list[list[tuple[int, str]]]) -> list[int]:
    """The form that shares least with the others goes last: it becomes the spare."""
    sets = [{question for _, question in picks} for picks in taken]

    def shared(form: int) -> int:
        return sum(len(sets[form] & other) for number, other in enumerate(sets) if number != form)

    spare = min(range(len(taken)), key=lambda form: (shared(form), -form))
    return [form for form in range(len(taken)) if form != spare] + [spare]


def printing_order(picks: Iterable[tuple[int, str]], seed: str, label: str) -> tuple[tuple[int, str], ...]:
    """Rows in their order, questions of a row in an order that follows from seed and label."""
    return tuple(sorted(picks, key=lambda pick: (pick[0], _rank(seed, "order", label, pick[1]))))


def _shortfall(
    rows: Sequence[Row], classes: Sequence[_Class], everything: Sequence[Candidate], barred: frozenset[str]
) -> Shortfall:
    """The rows that together ask for more than there is (Hall), and the tightest among them."""
    flow = Flow()
    for index, row in enumerate(rows):
        flow.edge("source", ("row", index), row.count, 0)
    for number, group in enumerate(classes):
        flow.edge(("class", number), "sink", len(group.members), 0)
        for index in group.rows:
            flow.edge(("row", index), ("class", number), len(group.members), 0)
    sent = flow.send("source", "sink")
    reached = flow.reachable("source")
    tight = [index for index in range(len(rows)) if ("row", index) in reached]

    def fitting(index: int) -> int:
        return sum(len(group.members) for group in classes if index in group.rows)

    worst = min(tight, key=lambda index: (fitting(index) - rows[index].count, index))
    lost = sum(1 for question in everything if question.id in barred and rows[worst].takes(question))
    rivals = tuple(index for index in tight if index != worst)
    needed = sum(row.count for row in rows)
    return Shortfall(worst, rows[worst].count, fitting(worst), lost, rivals, needed - sent)
