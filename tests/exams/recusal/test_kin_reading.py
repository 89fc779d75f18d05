"""Declarations are read from the persons asked about; the slow twin reads those around everybody, and finds no more."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams.recusal import gathering
from exams.recusal.gathering import declared_around, gather
from tests.cast import Cast
from tests.exams.recusal.matters import kin, matter

NAMES = "甲乙丙丁戊己庚辛壬癸子丑"
CHAINS = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11), st.sampled_from(["brother", "father", "wife"])), max_size=16, unique=True
)


def from_everybody(persons, everybody):
    return declared_around(everybody)


def both_ways(monkeypatch, person, asked):
    fast = gather([str(person.pk)], "chief", asked)[str(person.pk)]
    with monkeypatch.context() as patched:
        patched.setattr(gathering, "_declared_between", from_everybody)
        return fast, gather([str(person.pk)], "chief", asked)[str(person.pk)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHAINS, st.frozensets(st.integers(1, 11), max_size=4))
def test_the_same_families_are_found_as_from_everybody(db, monkeypatch, chains, candidates):
    with transaction.atomic():
        people = [Cast().person(name, n) for n, name in enumerate(NAMES)]
        for one, other, relation in chains:
            kin(people[one], relation, people[other])
        fast, slow = both_ways(monkeypatch, people[0], matter(Cast(), *(people[n] for n in candidates)))
        assert fast == slow
        transaction.set_rollback(True)


@pytest.mark.parametrize("candidates", [(11,), (6, 11), (4, 8, 11), ()])
def test_a_long_chain_is_followed_from_candidate_to_candidate(cast, monkeypatch, candidates):
    """Eleven brothers of whom each named only the next: who is in between decides how far the chain is seen, as ever."""
    people = [cast.person(name, n) for n, name in enumerate(NAMES)]
    for one, other in zip(people, people[1:], strict=False):
        kin(one, "brother", other)
    fast, slow = both_ways(monkeypatch, people[0], matter(cast, *(people[n] for n in candidates)))
    assert fast == slow
    assert bool({str(people[n].pk) for n in candidates[:1]} & {known.id for known in fast.known}) == bool(candidates)


def test_those_who_are_kin_of_nobody_asked_about_are_not_read_about(cast, django_assert_num_queries):
    """Five hundred candidates with families of their own cost nothing."""
    people = [cast.person(f"考生{n}", n) for n in range(20)]
    for one in people:
        kin(one, "father", one)
    with django_assert_num_queries(2):  # relatives named without a number, and whoever the one person named
        assert gathering._declared_between({"nobody"}, {one.id_index for one in people}) == set()
