"""Chance that anyone can repeat, held by fixed vectors so that no library can change it."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.sittings.chance import Stream, choose, digest, new_seed


def test_the_stream_is_the_same_for_ever():
    assert [Stream("seed", "seats").below(1000) for _ in range(1)] == [301]
    assert Stream("seed", "seats").shuffled(range(8)) == [3, 4, 0, 1, 2, 6, 7, 5]
    assert choose(["b", "a", "c", "d"], 2, "seed", "invigilators") == ["b", "a"]


def test_another_purpose_is_another_stream():
    assert Stream("seed", "a").shuffled(range(50)) != Stream("seed", "b").shuffled(range(50))


@settings(deadline=None)
@given(st.lists(st.text(max_size=4), unique=True, max_size=20), st.text(max_size=8), st.randoms())
def test_the_order_of_the_pool_has_no_say(pool, seed, random):
    mixed = random.sample(pool, len(pool))
    assert choose(pool, len(pool) // 2, seed, "x") == choose(mixed, len(pool) // 2, seed, "x")
    assert digest(sorted(pool)) == digest(sorted(mixed))


def test_every_number_is_as_likely_as_another():
    stream = Stream("fair")
    counts = Counter(stream.below(3) for _ in range(30_000))
    assert all(abs(counts[number] - 10_000) < 400 for number in range(3))


def test_nothing_but_numbers_below_the_bound():
    stream = Stream("bound")
    assert {stream.below(7) for _ in range(500)} == set(range(7))


def test_more_than_the_pool_is_refused():
    with pytest.raises(ValueError, match="3 wanted, 2 in the pool"):
        choose(["a", "b"], 3, "s", "x")


def test_two_seeds_differ():
    assert new_seed() != new_seed()
