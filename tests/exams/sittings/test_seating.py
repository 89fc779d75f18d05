"""Seating: repeatable, complete, colleagues apart, forms alternating; beside a slow twin that counts everything anew."""

import os
import subprocess
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exams.sittings import seating
from exams.sittings.chance import Stream
from exams.sittings.seating import (
    Candidate,
    Chair,
    TooFewSeats,
    Unseatable,
    alternate,
    colleagues_side_by_side,
    contested,
    form_among,
    neighbours,
    seat,
)


def grid(rows: int, columns: int, room: str = "r1") -> list[Chair]:
    return [Chair(f"{room}-{row}-{column}", room, 1500 * column, 1200 * row) for row in range(rows) for column in range(columns)]


def people(count: int, groups: int = 0) -> list[Candidate]:
    return [Candidate(f"p{number:03}", f"g{number % groups}" if groups else "") for number in range(count)]


crowd = st.builds(
    lambda rows, columns, share, groups: (people(rows * columns * share // 10, groups), grid(rows, columns)),
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(0, 10),
    st.integers(0, 4),
)


@given(crowd, st.text(max_size=5), st.randoms())
@settings(max_examples=60, deadline=None)
def test_everybody_has_one_chair_and_order_has_no_say(pool, seed, random):
    candidates, chairs = pool
    seated = seat(candidates, chairs, seed)
    assert [line.candidate for line in seated] == sorted(candidate.id for candidate in candidates)
    assert len({line.chair for line in seated}) == len(seated)
    assert {line.chair for line in seated} <= {chair.id for chair in chairs}
    assert seated == seat(random.sample(candidates, len(candidates)), random.sample(chairs, len(chairs)), seed)


def count_all(given_chairs: dict, near: list) -> int:
    """Every pair, counted from nothing."""
    return sum(
        1
        for a in given_chairs
        for b in near[a]
        if a < b and b in given_chairs and given_chairs[a].group and given_chairs[a].group == given_chairs[b].group
    )


def slow_seat(candidates, chairs, seed):
    """The same rule without any cleverness: each swap is tried on a copy and all pairs are counted again."""
    group = sorted(candidates, key=lambda candidate: candidate.id)
    places = sorted(chairs, key=lambda chair: (chair.room, chair.id))
    stream = Stream(seed, "seats")
    order = stream.shuffled(range(len(places)))
    near = neighbours(places)
    # Who gets which of the chairs granted is tested by itself below; from there on nothing is taken over from the fast way.
    held = seating._granted(stream.shuffled(one for one in group if one.only), places, order)
    free = [chair for chair in order if chair not in held]
    held |= dict(zip(free, [one for one in group if not one.only], strict=False))
    walk = stream.shuffled(range(len(places)))
    for _ in range(seating.PASSES):
        before = dict(held)
        for chair in walk:
            touching = [b for b in near[chair] if chair in held and b in held and held[chair].group and held[b].group == held[chair].group]
            for other in walk if touching else []:
                trial = {other if key == chair else chair if key == other else key: value for key, value in held.items()}
                kept = all(not one.only or places[key].id in one.only for key, one in trial.items())
                if kept and count_all(trial, near) < count_all(held, near):
                    held = trial
                    break
        if held == before:
            break
    forms = alternate(places, first=stream.below(2))
    return sorted((held[key].id, places[key].id, forms[places[key].id]) for key in held)


@st.composite
def granted(draw) -> tuple[list[Candidate], list[Chair]]:
    """A crowd in which some were granted certain chairs, a few of which may not exist."""
    candidates, chairs = draw(crowd)
    names = [*(chair.id for chair in chairs), "gone"]
    some = draw(st.lists(st.frozensets(st.sampled_from(names), min_size=1, max_size=4), max_size=min(5, len(candidates))))
    bound = [Candidate(one.id, one.group, only) for one, only in zip(candidates, some, strict=False)]
    return [*bound, *candidates[len(bound) :]], chairs


def most_seated(bound: list[Candidate], chairs: set[str]) -> int:
    """How many of these can sit at once, by trying everything."""
    if not bound:
        return 0
    first, *rest = bound
    return max([most_seated(rest, chairs), *(1 + most_seated(rest, chairs - {chair}) for chair in first.only & chairs)])


@given(granted(), st.text(max_size=5), st.randoms())
@settings(max_examples=150, deadline=None)
def test_what_was_granted_is_never_broken_and_what_is_impossible_is_named(pool, seed, random):
    candidates, chairs = pool
    bound, ids = [one for one in candidates if one.only], {chair.id for chair in chairs}
    most = most_seated(bound, ids)
    rivals = contested(random.sample(candidates, len(candidates)), random.sample(chairs, len(chairs)))
    # Named is exactly who could be the one left over.
    assert rivals == tuple(sorted(one.id for one in bound if most_seated([other for other in bound if other != one], ids) == most))
    if most < len(bound):
        with pytest.raises(Unseatable) as refused:
            seat(candidates, chairs, seed)
        assert refused.value.candidates == rivals
        return
    assert rivals == ()
    given_chairs = {line.candidate: line.chair for line in seat(candidates, chairs, seed)}
    assert len(set(given_chairs.values())) == len(candidates)
    assert all(given_chairs[one.id] in one.only for one in bound)


def test_chance_decides_among_the_chairs_granted():
    chairs, only = grid(3, 4), frozenset({"r1-0-0", "r1-0-1", "r1-0-2", "r1-0-3"})
    crowd = [Candidate("p000", "", only), Candidate("p001", "", only), *people(8)[2:]]
    seen = [{line.candidate: line.chair for line in seat(crowd, chairs, str(number))} for number in range(400)]
    for one in ("p000", "p001"):
        counts = [sum(1 for given_chairs in seen if given_chairs[one] == chair) for chair in sorted(only)]
        assert sum(counts) == 400 and min(counts) > 70
    # The others may still be drawn for what is left of them.
    assert any(given_chairs[one.id] in only for given_chairs in seen for one in crowd[2:])


def test_without_anything_granted_the_seats_are_those_of_before():
    """The first version of the algorithm, as vectors: nobody's chance changes by an arrangement that nobody has."""
    seated = seat(people(6, groups=3), grid(2, 4), "vector")
    assert " ".join(f"{line.candidate}:{line.chair[3:]}{line.form}" for line in seated) == VECTOR


VECTOR = "p000:0-0B p001:0-1A p002:1-2A p003:1-3B p004:0-3A p005:1-0A"


def test_a_form_follows_the_pattern_of_those_around_it():
    chairs = grid(3, 3)
    for first in (0, 1):
        forms = alternate(chairs, first)
        held = {chair.id: forms[chair.id] for chair in chairs[1:6]}
        assert all(form_among(chair.id, chairs, held) == forms[chair.id] for chair in chairs)
    assert form_among("r1-0-0", chairs, {}) in "AB"


@given(st.one_of(crowd, granted()), st.text(max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_fast_way_equals_the_slow_one(pool, seed):
    assume(not contested(*pool))
    assert [(line.candidate, line.chair, line.form) for line in seat(*pool, seed)] == slow_seat(*pool, seed)


def test_colleagues_are_parted_where_the_room_allows_it():
    candidates, chairs = people(24, groups=6), grid(6, 5)
    for seed in ("a", "b", "c", "d"):
        assert colleagues_side_by_side(seat(candidates, chairs, seed), candidates, chairs) == 0


def test_one_employer_alone_cannot_be_parted_and_is_counted():
    candidates, chairs = people(4, groups=1), grid(2, 2)
    assert colleagues_side_by_side(seat(candidates, chairs, "s"), candidates, chairs) == 6


def test_too_many_candidates_are_refused():
    with pytest.raises(TooFewSeats, match="5 candidates, 4 seats"):
        seat(people(5), grid(2, 2), "s")


def test_forms_alternate_beside_and_behind():
    forms = alternate(grid(4, 4))
    for row in range(3):
        for column in range(3):
            here = forms[f"r1-{row}-{column}"]
            assert here != forms[f"r1-{row}-{column + 1}"]
            assert here != forms[f"r1-{row + 1}-{column}"]


def test_a_chair_shifted_a_little_stays_in_its_row():
    chairs = [Chair("a", "r", 0, 0), Chair("b", "r", 1500, 120), Chair("c", "r", 0, 1200)]
    assert alternate(chairs) == {"a": "A", "b": "B", "c": "B"}


def test_neighbours_are_those_around_and_never_of_another_room():
    chairs = grid(3, 3) + grid(1, 2, "r2")
    near = neighbours(chairs)
    assert near[4] == frozenset(range(9)) - {4}
    assert near[0] == {1, 3, 4}
    assert near[9] == {10}


def test_different_seeds_seat_differently():
    assert seat(people(20), grid(4, 5), "one") != seat(people(20), grid(4, 5), "two")


def test_another_process_with_another_hash_seed_agrees():
    program = (
        "from exams.sittings.seating import *;"
        "c=[Candidate(f'p{n}', f'g{n%3}') for n in range(20)];"
        "s=[Chair(f's{n}','r',1500*(n%5),1200*(n//5)) for n in range(25)];"
        "print([(l.candidate,l.chair,l.form) for l in seat(c,s,'seed')])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": str(number)}, capture_output=True, text=True, check=True
        ).stdout
        for number in (1, 2)
    }
    assert len(outputs) == 1
    assert "p0" in outputs.pop()
