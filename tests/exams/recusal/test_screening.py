"""Screening says what weighing says, of whole pools and seasons, in as many queries as for one."""

from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams.interests.models import Attendance, Authorship, Concealment, Declaration, Dispute, TrainingEngagement
from exams.recusal import actions
from exams.recusal.deciding import weigh
from exams.recusal.models import RecusalRequest, Ruling, Waiver
from exams.recusal.screening import screen, screen_pool
from exams.recusal.standing import Stand
from tests.cast import Cast
from tests.exams.recusal.matters import DAY, EVENT, employ, kin, matter

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = date(2030, 1, 1)


def said(answer):
    """What an answer of either kind says."""
    objections = [one if isinstance(one, dict) else one.as_json() for one in answer.objections]
    return objections, list(answer.waived), answer.allowed


# ------------------------------------------------------------------------------------------------------- any small world at all

STAFF, CANDIDATES, PLACES = range(3), range(3, 7), range(3)
ANYBODY = st.integers(0, 6)
DAYS = st.sampled_from([date(2020, 1, 1), date(2025, 6, 20), date(2026, 5, 15), DAY, date(2026, 5, 17)])
TRUE = st.one_of(
    st.tuples(st.just("kin"), ANYBODY, st.sampled_from(["brother", "wife", "father", "cousin", "parent_in_law", "godfather"]), ANYBODY),
    st.tuples(st.just("employed"), ANYBODY, st.integers(0, 2), st.one_of(st.none(), DAYS)),
    st.tuples(st.just("trained"), ANYBODY, st.frozensets(ANYBODY, max_size=2), st.sampled_from(["UT", "RT"]), DAYS),
    st.tuples(st.just("wrote"), ANYBODY, DAYS),
    st.tuples(st.just("concealed"), ANYBODY, DAYS),
    st.tuples(st.just("dispute"), ANYBODY, ANYBODY, st.booleans()),
    st.tuples(st.just("declared"), ANYBODY, st.sampled_from(["{}", '{"other": true, "other_text": "老邻居"}'])),
    st.tuples(st.just("requested"), ANYBODY, st.sampled_from(["filed", "granted"]), st.booleans()),
)
ROOM = st.tuples(
    st.frozensets(ANYBODY, max_size=4),  # candidates
    st.frozensets(st.sampled_from(STAFF), max_size=2),  # colleagues
    st.frozensets(st.sampled_from(PLACES), max_size=1),  # employers
    st.booleans(),  # of the event
    DAYS,
)
CAPACITIES = st.sampled_from(["invigilator", "assessor", "chief", "setter", "marker", "verifier", "oversight_inspector"])


class World:
    """Seven people, three organisations and what is told of them."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.head = cast, cast.actor("head_of_body")
        self.people = [cast.person(f"人{n}", 100 + n) for n in range(7)]
        self.places = [cast.employer, cast.training_body, cast.body]

    def tell(self, kind, one, *rest):
        """What cannot be told twice is told once."""
        with suppress(IntegrityError), transaction.atomic():
            getattr(self, f"_{kind}")(self.people[one], *rest)

    def room(self, candidates, colleagues, employers, of_event, on):
        return matter(
            self.cast,
            *(self.people[n] for n in candidates),
            colleagues=frozenset(str(self.people[n].pk) for n in colleagues),
            employers=frozenset(str(self.places[n].pk) for n in employers),
            event_id=str(EVENT) if of_event else "",
            room="R03",
            on=on,
        )

    def _kin(self, person, relation, other):
        kin(person, relation, self.people[other])

    def _employed(self, person, place, until):
        employ(person, self.places[place], until=until)

    def _trained(self, person, trainees, family, until):
        engagement = TrainingEngagement.objects.create(
            person=person, organisation=self.cast.training_body, family=family, since=date(2019, 6, 9), until=until, recorded_at=NOW
        )
        for one in trainees:
            Attendance.objects.create(engagement=engagement, trainee=self.people[one], recorded_at=NOW)

    def _wrote(self, person, on):
        Authorship.objects.create(person=person, title=f"讲义{on}", family="UT", published_on=on, recorded_at=NOW)

    def _concealed(self, person, on):
        Concealment.objects.create(person=person, proved_on=on, rule_id="x", recorded_at=NOW)

    def _dispute(self, person, other, with_place):
        end = {"other_organisation": self.places[other % 3]} if with_place else {"other_person": self.people[other]}
        Dispute.objects.create(person=person, since=date(2026, 1, 2), recorded_at=NOW, **end)

    def _declared(self, person, answers):
        Declaration.objects.filter(person=person).update(state="updated")
        Declaration.objects.create(
            person=person, event_id=EVENT, body=self.cast.body, version=1 + Declaration.objects.count(), digest="0" * 64,
            state="signed", signed_at=NOW, answers=answers,
        )  # fmt: skip

    def _requested(self, person, state, everywhere):
        RecusalRequest.objects.create(
            person=person, body=self.cast.body, event_id=None if everywhere else EVENT, filed_on=DAY, state=state, reason="x"
        )


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TRUE, max_size=8), st.lists(ROOM, min_size=1, max_size=4), CAPACITIES, st.booleans(), st.integers(1, 30))
def test_screening_says_what_weighing_says(db, told, rooms, capacity, waived, at_once):
    with undone():
        world = World(Cast())
        for one in told:
            world.tell(*one)
        matters = [world.room(*room) for room in rooms]
        pool = [str(world.people[n].pk) for n in (*STAFF, 3)]
        stands = [Stand(person, capacity, one, world.cast.body) for person, one in product(pool, matters)]
        if waived:
            set_aside_everything(stands[0], world)
        weighed = weigh(stands)
        screened = list(screen(iter(stands), people_at_once=at_once))
        assert [stand for stand, _answer in screened] == stands and [answer.number for _, answer in screened] == list(range(len(stands)))
        assert [said(answer) for _, answer in screened] == [said(answer) for answer in weighed]
        grid = screen_pool(pool, capacity, matters, abouts=[world.cast.body] * len(matters), people_at_once=at_once)
        found = {(answer.person_id, answer.number): said(answer) for answer in grid}
        numbered = zip(product(pool, range(len(matters))), weighed, strict=True)
        assert found == {key: said(answer) for key, answer in numbered if answer.objections}


def set_aside_everything(stand, world):
    """Waivers of whatever may be waived, granted for the first question."""
    ruling = actions.rule_on(
        person=world.people[0], capacity=stand.capacity, matter=stand.matter, by=world.head, about=stand.about
    )
    for id in {one["id"] for one in ruling.objections}:
        Waiver.objects.create(ruling=ruling, objection_id=id, reason="x", until=DAY, state="granted", proposed_at=NOW)


# ------------------------------------------------------------------------------------------------------------ what it costs


@pytest.mark.usefixtures("only_own_sources")
@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_depends_on_nothing(cast, django_assert_num_queries, number):
    staff = [cast.person(f"人{n}", 200 + n) for n in range(number)]
    candidates = [cast.person(f"考生{n}", 100 + n) for n in range(number)]
    for n, person in enumerate(staff):
        kin(person, "brother", candidates[n])
        employ(person, cast.employer)
    matters = [matter(cast, *candidates[n:]) for n in range(number)]
    pool = [str(one.pk) for one in staff]
    with django_assert_num_queries(QUERIES):
        assert len(list(screen_pool(pool, "chief", matters))) == number * (number + 1) // 2
    with django_assert_num_queries(QUERIES):
        assert len(list(screen([Stand(person, "chief", one, cast.body) for person, one in product(pool, matters)]))) == number**2
    with django_assert_num_queries(0):
        assert list(screen([])) == list(screen_pool([], "chief", matters)) == list(screen_pool(pool, "chief", [])) == []


# Persons, two hops of kinship, relatives named without a number, other such doubts, employment, training, authorship,
# concealment, disputes, requests, parameters, waivers.
QUERIES = 13


def test_stands_are_taken_portion_by_portion(cast):
    """A season is never held in memory: before the first answer only so many were fetched as are judged together."""
    taken = []

    def season():
        for n in range(10):
            taken.append(n)
            yield Stand(str(cast.person(f"人{n}", n).pk), "chief", matter(cast), cast.body)

    answers = screen(season(), people_at_once=3)
    assert next(answers)[1].number == 0 and taken == [0, 1, 2]
    assert [answer.number for _stand, answer in answers] == list(range(1, 10))


def test_nothing_is_written(cast):
    stand = Stand(str(cast.person("甲", 1).pk), "invigilator", matter(cast, event_id=str(EVENT)), cast.body)
    [(_, answer)] = screen([stand])
    assert [one.id for one in answer.objections] == ["recusal.undeclared"] and not answer.allowed and not Ruling.objects.exists()


def test_the_same_person_asked_twice_is_answered_once_in_a_pool(cast):
    one = str(cast.person("甲", 1).pk)
    assert len(list(screen_pool([one, one], "invigilator", [matter(cast, event_id=str(EVENT))]))) == 1
