"""The duty roster by lot: repeatable, full, lawful, even, explained and fair; beside a slow twin that tries every roster there is."""

import json
import os
import random as chance
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.sittings.chance import digest
from exams.sittings.posts import Colleague, Limits, Pool, Post, Result, Unusable
from exams.sittings.roster import VERSION, arrange, draw
from tests.exams.sittings.roster_twin import (
    ascending,
    broken,
    chi_square,
    is_even,
    member,
    one_swap_away,
    people,
    post,
    relabelled,
    rooms,
    rosters,
    squares,
    true_reason,
    worlds,
)

SEEDS = 300
OPEN = Limits(mixed_employers=False)
seeds = st.text(max_size=4)


def codes(result: Result, post_id: str) -> dict[str, list[str]]:
    """What is said against each person at an empty post."""
    found: dict[str, list[str]] = {}
    for empty in result.unfilled:
        for reason in empty.reasons if empty.post == post_id else ():
            found.setdefault(reason.person, []).append(reason.code)
    return found


# ---- Repeatable --------------------------------------------------------------------------------------------------------------


@given(worlds(), seeds, st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_order_in_which_anything_came_has_no_say(world, seed, random):
    pool, posts, limits = world
    mixed = Pool(
        tuple(random.sample(pool.members, len(pool.members))),
        dict(random.sample(list(pool.bars.items()), len(pool.bars))),
        {(b, a, place): times for (a, b, place), times in random.sample(list(pool.together.items()), len(pool.together))},
        dict(random.sample(list(pool.standing.items()), len(pool.standing))),
    )
    assert draw(pool, posts, limits, seed) == draw(mixed, random.sample(posts, len(posts)), limits, seed)
    assert digest(pool.as_json()) == digest(mixed.as_json())


@given(worlds(), seeds)
@settings(max_examples=50, deadline=None)
def test_what_went_through_json_draws_the_same(world, seed):
    pool, posts, limits = world
    pool_text, posts_text, limits_text = (json.dumps(one) for one in (pool.as_json(), [one.as_json() for one in posts], limits.as_json()))
    result = draw(pool, posts, limits, seed)
    again = draw(
        Pool.from_json(json.loads(pool_text)),
        [Post.from_json(row) for row in json.loads(posts_text)],
        Limits.from_json(json.loads(limits_text)),
        seed,
    )
    assert again == result
    assert Result.from_json(json.loads(json.dumps(result.as_json()))) == result
    assert Pool.from_json(json.loads(pool_text)).as_json() == pool.as_json()
    assert "." not in json.dumps([pool.as_json()["together"], limits.as_json()]), "no floats in what is journalled"


def test_the_roster_of_a_seed_is_the_same_for_ever():
    """Held by a vector: whoever changes the algorithm must change VERSION too."""
    pool = Pool(people(5, employers=2), {("p001", "s-b0/r0/invigilator"): ("recusal.kin",)}, {("p000", "p003", "v1"): 3})
    results = [draw(pool, rooms(3, 2), Limits(2, 2, 3, True), f"seed-{number}").as_json() for number in range(20)]
    assert VERSION == "roster-1"
    assert digest(results) == "a3b56b069b010c32d21385958cb28f221c625f7d47c97455cda4be28825dd521"


def test_another_process_with_another_hash_seed_agrees():
    program = (
        "import json;from tests.exams.sittings.roster_twin import people, rooms;"
        "from exams.sittings.posts import Limits, Pool;from exams.sittings.roster import draw;"
        "pool=Pool(people(9,employers=2),{},{('p000','p001','v1'):2});"
        "print([json.dumps(draw(pool,rooms(3,3),Limits(2,1,2,True),str(n)).as_json()) for n in range(20)])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": str(number)}, capture_output=True, text=True, check=True
        ).stdout
        for number in (1, 2, 3)
    }
    assert len(outputs) == 1
    assert "roster.taken" in outputs.pop()


def test_another_seed_draws_others():
    assert draw(Pool(people(20)), rooms(1, 4), OPEN, "one") != draw(Pool(people(20)), rooms(1, 4), OPEN, "two")


# ---- Lawful and full: the slow twin ---------------------------------------------------------------------------------------------


@given(worlds(), seeds)
@settings(max_examples=120, deadline=None)
def test_no_roster_breaks_anything(world, seed):
    pool, posts, limits = world
    result = draw(pool, posts, limits, seed)
    assert list(broken(pool, posts, limits, dict(result.assigned))) == []
    assert ascending([id for id, _person in result.assigned])
    assert ascending([one.post for one in result.unfilled])
    assert sorted([id for id, _person in result.assigned] + [one.post for one in result.unfilled]) == sorted(one.id for one in posts)


@given(worlds(in_rooms=False), seeds)
@settings(max_examples=100, deadline=None)
def test_no_other_roster_fills_more_posts_or_the_same_more_evenly(world, seed):
    pool, posts, limits = world
    drawn = dict(draw(pool, posts, limits, seed).assigned)
    every = list(rosters(pool, posts, limits, in_rooms=False))
    assert len(drawn) == max(len(one) for one in every)
    assert squares(pool, drawn) == min(squares(pool, one) for one in every if one.keys() == drawn.keys())


@given(worlds(), seeds)
@settings(max_examples=100, deadline=None)
def test_with_the_limits_of_rooms_no_post_stays_empty_while_one_swap_would_fill_it(world, seed):
    pool, posts, limits = world
    drawn = dict(draw(pool, posts, limits, seed).assigned)
    assert list(one_swap_away(pool, posts, limits, drawn)) == []
    assert len(drawn) <= max(len(one) for one in rosters(pool, posts, limits, in_rooms=True))


@given(worlds(), seeds)
@settings(max_examples=120, deadline=None)
def test_every_empty_post_is_truly_explained(world, seed):
    pool, posts, limits = world
    result = draw(pool, posts, limits, seed)
    for empty in result.unfilled:
        assert {reason.person for reason in empty.reasons} == {one.id for one in pool.members}
        assert [reason for reason in empty.reasons if not true_reason(pool, posts, limits, result, empty.post, reason)] == []


@given(worlds(), seeds)
@settings(max_examples=100, deadline=None)
def test_nobody_has_two_duties_more_than_somebody_who_could_take_one(world, seed):
    pool, posts, limits = world
    assert is_even(dict(draw(pool, posts, limits, seed).assigned), pool, posts, limits)


# ---- Must refuse -----------------------------------------------------------------------------------------------------------------


def test_whom_a_rule_bars_is_never_drawn_and_the_rule_is_named():
    pool = Pool(people(1), {("p000", "s-b1/r1/invigilator"): ("recusal.trained", "recusal.kin")})
    result = draw(pool, [post("a"), post("b", room="r2")], OPEN, "s")
    assert result.assigned == (("b", "p000"),)
    assert codes(result, "a") == {"p000": ["recusal.kin", "recusal.trained", "roster.taken"]}


def test_nobody_is_in_two_rooms_at_once():
    result = draw(Pool(people(1)), [post("a"), post("b", room="r2")], OPEN, "s")
    (empty,) = result.unfilled
    assert codes(result, empty.post) == {"p000": ["roster.taken"]}
    assert dict(empty.reasons[0].details) == {"post": result.assigned[0][0]}


def test_who_is_on_duty_already_is_not_drawn_at_that_time():
    result = draw(Pool((member("p", blocks=["b1"]),)), [post("a", "b1"), post("b", "b2")], OPEN, "s")
    assert result.assigned == (("b", "p"),)
    assert codes(result, "a") == {"p": ["roster.busy"]}


def test_who_stands_in_the_room_already_is_not_drawn_into_it_again():
    pool = Pool((member("p"),), standing={"s-b1/r1": (Colleague("p"),)})
    assert codes(draw(pool, [post("a")], OPEN, "s"), "a") == {"p": ["roster.busy"]}


def test_who_is_appointed_otherwise_is_not_drawn():
    result = draw(Pool((member("p"),)), [post("a", capacity="assessor")], OPEN, "s")
    assert codes(result, "a") == {"p": ["roster.wrong_capacity"]}


def test_the_duties_of_a_day_and_of_the_event_are_limited_with_those_held_before():
    posts = [post("a", "b2"), post("b", "b3"), post("c", "b4")]
    result = draw(Pool((member("p", total=1, days={"2026-05-11": 1}),)), posts, Limits(0, 2), "s")
    (empty,) = result.unfilled
    assert [dict(reason.details) for reason in empty.reasons] == [{"day": "2026-05-11", "held": 2, "limit": 2}]
    full = draw(Pool((member("p", total=2),)), posts, Limits(3, 0), "s")
    assert len(full.assigned) == 1
    assert {code for empty in full.unfilled for code in codes(full, empty.post)["p"]} == {"roster.load_event"}
    assert draw(Pool((member("p", total=4),)), posts, Limits(3, 0), "s").assigned == ()


@pytest.mark.parametrize("seed", "abcdefgh")
def test_the_staff_of_a_room_never_all_come_from_one_employer(seed):
    pool = Pool((member("a", "e1"), member("b", "e1"), member("c", "e1"), member("d", "e2")))
    result = draw(pool, rooms(1, 1), Limits(), seed)
    assert len(result.assigned) == 2
    assert "d" in dict(result.assigned).values()
    alike = draw(Pool(pool.members[:3]), rooms(1, 1), Limits(), seed)
    ((_id, alone),) = alike.assigned
    said = codes(alike, alike.unfilled[0].post)
    assert said == {person: ["roster.taken" if person == alone else "roster.one_employer"] for person in "abc"}


def test_who_has_two_employers_mixes_with_nobody_of_either_and_who_has_none_with_everybody():
    both, first, none = member("a", "e1", "e2"), member("b", "e1"), member("c")
    assert len(draw(Pool((both, first)), rooms(1, 1), Limits(), "s").assigned) == 1
    assert len(draw(Pool((first, none)), rooms(1, 1), Limits(), "s").assigned) == 2


def test_those_on_duty_in_the_room_count_as_its_staff():
    standing = {"s-b1/r1": (Colleague("old", frozenset({"e1"})),)}
    refused = draw(Pool((member("a", "e1"),), standing=standing), [post("x")], Limits(), "s")
    assert codes(refused, "x") == {"a": ["roster.one_employer"]}
    assert draw(Pool((member("a", "e2"),), standing=standing), [post("x")], Limits(), "s").assigned == (("x", "a"),)
    met = Pool((member("a", "e2"),), {}, {("old", "a", "v1"): 3}, standing)
    assert codes(draw(met, [post("x")], Limits(pair_limit=3), "s"), "x") == {"a": ["roster.pair_limit"]}


def test_a_whole_slot_has_no_room_to_be_mixed():
    posts = [post("a", room="", capacity="roving_invigilator"), post("b", room="", capacity="roving_invigilator")]
    pool = Pool(tuple(member(id, "e1", capacities=("roving_invigilator",)) for id in "ab"), {}, {("a", "b", "v1"): 9})
    assert len(draw(pool, posts, Limits(pair_limit=3), "s").assigned) == 2


@pytest.mark.parametrize("seed", "abcdefgh")
def test_two_who_served_together_often_enough_are_parted(seed):
    often = {("a", "b", "v1"): 3}
    alone = draw(Pool((member("a"), member("b")), {}, often), rooms(1, 1), Limits(pair_limit=3), seed)
    assert len(alone.assigned) == 1
    (held,) = dict(alone.assigned).values()
    other = "ab".replace(held, "")
    assert codes(alone, alone.unfilled[0].post) == {held: ["roster.taken"], other: ["roster.pair_limit"]}
    assert len(draw(Pool((member("a"), member("b")), {}, often), rooms(1, 1), Limits(pair_limit=4), seed).assigned) == 2
    elsewhere = {("a", "b", "v2"): 3}
    assert len(draw(Pool((member("a"), member("b")), {}, elsewhere), rooms(1, 1), Limits(pair_limit=3), seed).assigned) == 2
    third = draw(Pool((member("a"), member("b"), member("c")), {}, often), rooms(1, 1), Limits(pair_limit=3), seed)
    assert len(third.assigned) == 2
    assert "c" in dict(third.assigned).values()


def test_the_sittings_of_this_draw_count_for_the_pair():
    result = draw(Pool((member("a"), member("b"))), rooms(3, 1), Limits(pair_limit=2), "s")
    assert len(result.assigned) == 5
    assert Counter(code for said in codes(result, result.unfilled[0].post).values() for code in said)["roster.pair_limit"] == 1


@pytest.mark.parametrize("seed", [str(number) for number in range(20)])
def test_swaps_fill_every_room_where_that_can_be_done(seed):
    """Two employers half and half in as many rooms as there are pairs: only mixed couples fill them all."""
    pool, posts = Pool(people(12, employers=2)), rooms(1, 6)
    assert draw(pool, posts, Limits(), seed).unfilled == ()


@pytest.mark.parametrize("seed", "abcdefgh")
def test_a_swap_may_reach_into_another_time(seed):
    """With one duty each, the only one of another employer must be fetched from the other block."""
    pool = Pool((member("a", "e1"), member("b", "e1"), member("c", "e2")))
    posts = [*rooms(1, 1), post("later", "b4", "r9")]
    assert draw(pool, posts, Limits(max_total=1), seed).unfilled == ()


@pytest.mark.parametrize("seed", "abcdefgh")
def test_a_couple_makes_way_where_only_two_others_fit_each_other(seed):
    """Whoever stands beside b alone, the room is full in the end: a and c are the only two who may serve together."""
    often = {("a", "b", "v1"): 1, ("b", "c", "v1"): 1}
    result = draw(Pool((member("a"), member("b"), member("c")), {}, often), rooms(1, 1), Limits(pair_limit=1), seed)
    assert {person for _post, person in result.assigned} == {"a", "c"}


@pytest.mark.parametrize("seed", "abcdefgh")
def test_two_limits_that_pull_apart_are_both_kept(seed):
    """Parting the pair would leave a room of one employer, whoever goes: two posts must be given up."""
    pool = Pool((member("a", "e1"), member("b", "e1", "e2"), member("c", "e2")), {}, {("a", "c", "v1"): 1})
    result = draw(pool, rooms(1, 1, posts=3), Limits(pair_limit=1), seed)
    assert len(result.assigned) == 1
    standing = {"s-b1/r1": (Colleague("old", frozenset({"e1"})),)}
    pool = Pool((member("a", "e1"), member("c", "e2")), {}, {("c", "old", "v1"): 1}, standing)
    assert draw(pool, [post("x"), post("y")], Limits(pair_limit=1), seed).assigned == ()


@pytest.mark.parametrize("seed", "abcdefgh")
def test_who_gives_up_a_post_with_a_colleague_may_serve_with_him_elsewhere(seed):
    """a and b may meet once. Only a and b may serve at r2, so whoever sat with the other before must be replaced there."""
    bars = {(person, "s-b2/r2/invigilator"): ("recusal.kin",) for person in "cd"}
    pool = Pool(tuple(member(id) for id in "abcd"), bars, {("c", "d", "v1"): 0})
    posts = [post("1", "b0"), post("2", "b0"), post("3", "b2", "r2"), post("4", "b2", "r2")]
    assert draw(pool, posts, Limits(pair_limit=1), seed).unfilled == ()


def test_nobody_has_a_second_duty_while_another_has_none():
    for seed in range(20):
        result = draw(Pool(people(8)), rooms(4, 1), OPEN, str(seed))
        assert sorted(Counter(person for _post, person in result.assigned).values()) == [1] * 8
    before = draw(Pool((member("a", total=2), member("b"))), rooms(2, 1, posts=1), OPEN, "s")
    assert {person for _post, person in before.assigned} == {"b"}


@pytest.mark.parametrize("seed", "abcdefghijkl")
def test_after_swaps_too_nobody_has_a_second_duty_while_another_has_none(seed):
    """If a and b meet, one of them makes way for somebody who serves already, and takes over a duty of his."""
    pool = Pool((member("a", "e1"), member("b", "e1"), member("c", "e2"), member("d", "e3")))
    result = draw(pool, rooms(2, 1), Limits(), seed)
    assert sorted(person for _post, person in result.assigned) == list("abcd")


@pytest.mark.parametrize("seed", "abcdefgh")
def test_within_a_room_people_change_posts_where_only_that_fills_it(seed):
    both, first, other = (
        member("y", "e1", capacities=("invigilator", "assessor")),
        member("x", "e1"),
        member("z", "e2", capacities=("assessor",)),
    )
    result = draw(Pool((both, first, other)), [post("i"), post("a", capacity="assessor")], Limits(), seed)
    assert dict(result.assigned)["a"] == "z"
    assert len(result.assigned) == 2


@pytest.mark.parametrize(
    ("pool", "posts", "says"),
    [
        (Pool((*people(2), *people(1))), rooms(), "member given twice: p000"),
        (Pool(people(2)), [*rooms(), *rooms()], "post given twice: b0-r0-0"),
        (Pool(people(2), {}, {("a", "b", "v"): 1, ("b", "a", "v"): 2}), rooms(), "pair given twice"),
        (Pool(people(2)), [post("x", "b1", day="2026-05-10"), post("y", "b1", day="2026-05-11")], "block b1 has more than one day"),
        (
            Pool(people(2)),
            [post("x"), Post("y", "s-b1", "r1", "invigilator", "b9", "2026-05-10", "v1")],
            "slot s-b1 has more than one block",
        ),
    ],
)
def test_what_contradicts_itself_is_refused_before_chance_is_asked(pool, posts, says):
    with pytest.raises(Unusable, match=says):
        draw(pool, posts, OPEN, "s")


def test_an_empty_pool_and_no_posts_are_answered():
    assert [one.reasons for one in draw(Pool(()), rooms(), OPEN, "s").unfilled] == [(), ()]
    assert draw(Pool(people(3)), [], OPEN, "s") == Result((), ())


# ---- Fair ------------------------------------------------------------------------------------------------------------------------


@given(worlds(), st.randoms())
@settings(max_examples=50, deadline=None)
def test_once_the_order_is_drawn_ids_have_no_say(world, random):
    """The same orders of the same people under other names give the same roster under these names."""
    pool, posts, limits = world
    olds = [one.id for one in (*pool.members, *posts)]
    names = dict(zip([*olds, "old"], random.sample([f"n{number:02}" for number in range(len(olds) + 1)], len(olds) + 1), strict=True))
    members = random.sample(pool.members, len(pool.members))
    mixed = random.sample(posts, len(posts))
    other_pool, other_posts = relabelled(pool, mixed, names)
    at = {one.id: one for one in other_pool.members}
    here = arrange(members, mixed, pool, limits)
    there = arrange([at[names[one.id]] for one in members], other_posts, other_pool, limits)
    assert sorted((names[id], names[person]) for id, person in here.assigned) == list(there.assigned)


def counted(pool: Pool, posts: list[Post], limits: Limits, number: int = SEEDS) -> list[Counter]:
    """Over many seeds: how often each person is drawn, is drawn for the first post, and is left out of the first block."""
    drawn, first, partners = Counter(), Counter(), Counter()
    for seed in range(number):
        roster = dict(draw(pool, posts, limits, f"fair-{seed}").assigned)
        drawn.update(roster.values())
        first[roster[posts[0].id]] += 1
        partners[frozenset({roster[posts[0].id], roster[posts[1].id]})] += 1
    return [drawn, first, partners]


@pytest.mark.parametrize(
    ("pool", "limits"),
    [
        (Pool(people(12)), OPEN),
        (Pool(people(12, employers=2)), Limits()),
        (Pool(people(12), {}, {}), Limits(1, 1, 1, False)),
    ],
    ids=["free", "two employers, swaps", "narrow limits"],
)
def test_everybody_is_drawn_as_often_as_anybody_else(pool, limits):
    """12 alike, 6 posts in 3 rooms. The bounds leave one chance in ten thousand for each; draws without putting back vary by 6/11 of it."""
    drawn, first, partners = counted(pool, rooms(1, 3), limits)
    ids = [one.id for one in pool.members]
    assert sum(drawn.values()) == 6 * SEEDS
    assert chi_square([drawn[id] for id in ids]) * 11 / 6 < 37.4
    assert chi_square([first[id] for id in ids]) < 37.4
    assert set(drawn) == set(ids)
    possible = 36 if limits.mixed_employers else 66
    assert len(partners) > possible * 9 // 10, "nearly every couple that may serve together did"


def test_place_in_the_list_and_name_have_no_influence():
    """Whoever is first by id is drawn as often as whoever is last; after turning the names round the same holds."""
    pool = Pool(people(10))
    turned, posts = relabelled(pool, rooms(1, 2), {f"p{n:03}": f"p{9 - n:03}" for n in range(10)})
    for one in (pool, turned):
        drawn, _first, _partners = counted(one, posts, OPEN)
        halves = [sum(drawn[f"p{n:03}"] for n in range(5)), sum(drawn[f"p{n:03}"] for n in range(5, 10))]
        assert abs(halves[0] - halves[1]) < 4 * (4 * SEEDS) ** 0.5


def test_posts_left_empty_are_drawn_too():
    """Two people short: no room is always the one to go without."""
    empty = Counter()
    for seed in range(SEEDS):
        empty.update(one.post for one in draw(Pool(people(4)), rooms(1, 3), OPEN, f"short-{seed}").unfilled)
    assert set(empty) == {one.id for one in rooms(1, 3)}
    assert chi_square(list(empty.values())) * 5 / 4 < 25.8


def test_chance_outside_the_stream_has_no_say():
    chance.seed(1)
    first = draw(Pool(people(9)), rooms(1, 3), OPEN, "s")
    chance.seed(2)
    assert draw(Pool(people(9)), rooms(1, 3), OPEN, "s") == first
