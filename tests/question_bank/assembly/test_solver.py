"""The draw against a slow twin that tries every combination."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.assembly.solver import Candidate, Draw, Infeasible, Row, draw

ONE = Decimal(1)


def question(name: str, unit: str = "u1", difficulty: int = 3, uses: int = 0) -> Candidate:
    return Candidate(name, unit, "single_choice", ONE, difficulty, uses)


def row(count: int, unit: str = "u1", easiest: int = 1, hardest: int = 5) -> Row:
    return Row(unit, "single_choice", ONE, count, easiest, hardest)


def single_forms(rows: list[Row], pool: list[Candidate]) -> set[frozenset[str]]:
    """Slow: every set of questions that can serve the rows, each question once."""
    choices = [list(combinations([q for q in pool if line.takes(q)], line.count)) for line in rows]
    sets = set()
    for pick in product(*choices):
        ids = [q.id for part in pick for q in part]
        if len(ids) == len(set(ids)):
            sets.add(frozenset(ids))
    return sets


def best(rows: list[Row], pool: list[Candidate], forms: int) -> tuple[int, int] | None:
    """Slow: fewest repeats, then least use, over every choice of forms."""
    able = single_forms(rows, pool)
    uses = {q.id: q.uses for q in pool}
    scores = []
    for chosen in product(able, repeat=forms):
        spread = Counter(name for form in chosen for name in form)
        scores.append((sum(n - 1 for n in spread.values()), sum(uses[name] for name in spread)))
    return min(scores, default=None)


def check_rows(found: Draw, rows: list[Row], pool: list[Candidate]) -> None:
    known = {q.id: q for q in pool}
    for picks in found.forms.values():
        assert Counter(index for index, _ in picks) == Counter({i: r.count for i, r in enumerate(rows) if r.count})
        assert len({name for _, name in picks}) == len(picks)
        assert all(rows[index].takes(known[name]) for index, name in picks)


POOLS = st.lists(
    st.tuples(st.sampled_from(["u1", "u2"]), st.integers(1, 3), st.integers(0, 2)), min_size=0, max_size=6
)
ROWS = st.lists(
    st.tuples(st.integers(1, 2), st.sampled_from(["u1", "u2"]), st.integers(1, 3), st.integers(0, 2)),
    min_size=1,
    max_size=3,
)


@settings(max_examples=150, deadline=None)
@given(POOLS, ROWS, st.text(max_size=4), st.sampled_from([("A", "B"), ("A", "B", "S")]))
def test_as_good_as_trying_everything(questions, lines, seed, forms):
    pool = [question(f"q{n}", *facts) for n, facts in enumerate(questions)]
    rows = [row(count, unit, low, min(low + width, 5)) for count, unit, low, width in lines]
    expected = best(rows, pool, len(forms))
    if expected is None:
        with pytest.raises(Infeasible) as refusal:
            draw(rows, pool, seed, forms=forms)
        check_shortfall(refusal.value, rows, pool)
        return
    found = draw(rows, pool, seed, forms=forms)
    check_rows(found, rows, pool)
    uses = {q.id: q.uses for q in pool}
    distinct = {name for form in forms for name in found.ids(form)}
    assert (found.repeats, sum(uses[name] for name in distinct)) == expected


def check_shortfall(refusal: Infeasible, rows: list[Row], pool: list[Candidate]) -> None:
    """Slow: Hall's condition over every subset of rows."""
    short = refusal.shortfall
    deficits = {}
    for size in range(1, len(rows) + 1):
        for subset in combinations(range(len(rows)), size):
            fitting = [q for q in pool if any(rows[index].takes(q) for index in subset)]
            deficits[subset] = sum(rows[index].count for index in subset) - len(fitting)
    assert short.missing == max(deficits.values()) > 0
    assert deficits[tuple(sorted((short.row, *short.rivals)))] == short.missing
    assert short.needed == rows[short.row].count
    assert short.available == sum(rows[short.row].takes(q) for q in pool)


def test_same_seed_same_draw_whatever_the_order_of_the_pool():
    pool = [question(f"q{n:02}", difficulty=1 + n % 5) for n in range(30)]
    one = draw([row(4)], pool, "s")
    assert one == draw([row(4)], pool[::-1], "s")
    assert one != draw([row(4)], pool, "t")


def test_the_draw_of_a_known_seed_never_changes():
    pool = [question(f"q{n:02}", difficulty=1 + n % 5) for n in range(12)]
    found = draw([row(2, hardest=2), row(2, easiest=3)], pool, "2026-11-28")
    assert {label: found.ids(label) for label in found.forms} == {
        "A": ("q05", "q01", "q09", "q07"),
        "B": ("q00", "q11", "q02", "q04"),
        "S": ("q10", "q06", "q03", "q08"),
    }


def test_the_seed_reaches_every_question():
    pool = [question(f"q{n}") for n in range(9)]
    seen = {name for seed in range(40) for name in draw([row(1)], pool, str(seed)).ids("A")}
    assert seen == {q.id for q in pool}


def test_forms_are_disjoint_when_the_pool_allows():
    pool = [question(f"q{n}") for n in range(6)]
    found = draw([row(2)], pool, "s")
    assert (found.repeats, found.shared("A", "B"), found.shared("A", "S"), found.shared("B", "S")) == (0, 0, 0, 0)


def test_the_spare_shares_least():
    pool = [question(f"q{n}") for n in range(5)]
    found = draw([row(2)], pool, "s")
    assert found.repeats == 1
    spare = found.shared("A", "S") + found.shared("B", "S")
    assert spare <= found.shared("A", "B") + found.shared("A", "S")


def test_excluded_questions_never_come_and_are_counted_when_they_are_missed():
    pool = [question(f"q{n}") for n in range(4)]
    for seed in range(20):
        assert "q0" not in draw([row(1)], pool, str(seed), excluded={"q0"}).ids("A")
    with pytest.raises(Infeasible) as refusal:
        draw([row(3)], pool, "s", excluded={"q0", "q1"})
    short = refusal.value.shortfall
    assert (short.row, short.needed, short.available, short.excluded, short.missing) == (0, 3, 2, 2, 1)


def test_the_tightest_row_is_named_not_the_first():
    pool = [question("a1"), question("a2"), question("b1", "u2")]
    with pytest.raises(Infeasible) as refusal:
        draw([row(1), row(3, "u2")], pool, "s")
    assert (refusal.value.shortfall.row, refusal.value.shortfall.rivals) == (1, ())


def test_rows_that_compete_are_named_together():
    pool = [question("a", difficulty=2), question("b", difficulty=3)]
    with pytest.raises(Infeasible) as refusal:
        draw([row(2, easiest=1, hardest=3), row(1, easiest=2, hardest=3)], pool, "s")
    short = refusal.value.shortfall
    assert {short.row, *short.rivals} == {0, 1}
    assert short.missing == 1


def test_parallel_forms_are_equally_hard_when_they_can_be():
    pool = [question(f"q{n}", difficulty=1 + n % 4) for n in range(24)]
    known = {q.id: q.difficulty for q in pool}
    found = draw([row(8)], pool, "s")
    sums = [sum(known[name] for name in found.ids(label)) for label in ("A", "B", "S")]
    assert max(sums) - min(sums) <= 1


def test_a_large_bank_is_drawn_in_one_go():
    units = [f"u{n}" for n in range(30)]
    pool = [question(f"{unit}-{n}", unit, 1 + n % 5, n % 3) for unit in units for n in range(100)]
    found = draw([row(4, unit, 2, 5) for unit in units], pool, "s")
    assert found.repeats == 0
    assert [len(found.ids(label)) for label in ("A", "B", "S")] == [120, 120, 120]
