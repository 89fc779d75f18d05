"""The duty roster seen from outside: what a roster breaks, whether a reason is true, and the best roster by trying everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise

from hypothesis import strategies as st

from exams.sittings.posts import Colleague, Limits, Load, Member, Pool, Post, Result, pair_of

Roster = dict[str, str]  # post → person


def post(id: str, block: str = "b1", room: str = "r1", *, capacity: str = "invigilator", day: str = "", place: str = "v1") -> Post:
    """A post whose slot is its block; two blocks make a day unless the day is given."""
    day = day or f"2026-05-{10 + int(block[1:]) // 2}"
    return Post(id, f"s-{block}", room, capacity, block, day, place)


def rooms(blocks: int = 1, number: int = 1, posts: int = 2) -> list[Post]:
    return [post(f"b{b}-r{r}-{n}", f"b{b}", f"r{r}") for b in range(blocks) for r in range(number) for n in range(posts)]


def member(
    id: str, *employers: str, capacities: tuple[str, ...] = ("invigilator",), total: int = 0, days: dict | None = None, blocks=()
) -> Member:
    return Member(id, frozenset(capacities), frozenset(employers), Load(total, days or {}, frozenset(blocks)))


def people(number: int, employers: int = 0) -> tuple[Member, ...]:
    return tuple(member(f"p{n:03}", *([f"e{n % employers}"] if employers else [])) for n in range(number))


def who_is_in(pool: Pool, posts: list[Post], roster: Roster, sitting: str) -> list[Colleague]:
    """Everybody who serves in a room: those on duty before and those drawn."""
    known = {one.id: one for one in pool.members}
    drawn = [known[roster[one.id]] for one in posts if one.sitting == sitting and one.id in roster]
    return [*pool.standing.get(sitting, ()), *(Colleague(one.id, one.employers) for one in drawn)]


def broken(pool: Pool, posts: list[Post], limits: Limits, roster: Roster, *, in_rooms: bool = True) -> Iterator[str]:
    """Everything a roster breaks, from nothing but the data."""
    known, at = {one.id: one for one in pool.members}, {one.id: one for one in posts}
    for post_id, person in roster.items():
        where, who = at[post_id], known[person]
        standing = {one.id for one in pool.standing.get(where.sitting, ())}
        if where.capacity not in who.capacities:
            yield "capacity"
        if pool.bars.get((person, where.group)):
            yield "barred"
        if where.block in who.load_before.blocks or person in standing:
            yield "busy"
    for person, who in known.items():
        mine = [at[id] for id, holder in roster.items() if holder == person]
        days = Counter(one.day for one in mine)
        if len({one.block for one in mine}) < len(mine):
            yield "twice in a block"
        if limits.max_total and mine and len(mine) + who.load_before.total > limits.max_total:
            yield "too many in all"
        if limits.max_per_day and any(count + who.load_before.days.get(day, 0) > limits.max_per_day for day, count in days.items()):
            yield "too many a day"
    if in_rooms:
        yield from _broken_rooms(pool, posts, limits, roster)


def _broken_rooms(pool: Pool, posts: list[Post], limits: Limits, roster: Roster) -> Iterator[str]:
    places = {one.sitting: one.place for one in posts if one.sitting}
    together = Counter({pair_of(*key): times for key, times in pool.together.items()})
    met = set()
    for sitting, place in places.items():
        staff = who_is_in(pool, posts, roster, sitting)
        standing = {one.id for one in pool.standing.get(sitting, ())}
        if len(staff) == len(standing):
            continue
        if limits.mixed_employers and len(staff) > 1 and frozenset.intersection(*(one.employers for one in staff)):
            yield "one employer"
        for one, other in combinations(staff, 2):
            if not {one.id, other.id} <= standing:
                together[pair_of(one.id, other.id, place)] += 1
                met.add(pair_of(one.id, other.id, place))
    if limits.pair_limit and any(together[pair] > limits.pair_limit for pair in met):
        yield "pair"


def rosters(pool: Pool, posts: list[Post], limits: Limits, in_rooms: bool, roster: Roster | None = None, at: int = 0) -> Iterator[Roster]:
    """Every roster that keeps the limits, one post after the other; rooms are looked at when all is placed (a third can mix two)."""
    roster = roster if roster is not None else {}
    if at == len(posts):
        if not in_rooms or not any(_broken_rooms(pool, posts, limits, roster)):
            yield dict(roster)
        return
    yield from rosters(pool, posts, limits, in_rooms, roster, at + 1)
    for who in pool.members:
        tried = {**roster, posts[at].id: who.id}
        if not any(broken(pool, posts, limits, tried, in_rooms=False)):
            yield from rosters(pool, posts, limits, in_rooms, tried, at + 1)


def squares(pool: Pool, roster: Roster) -> int:
    held = Counter(roster.values())
    return sum((one.load_before.total + held[one.id]) ** 2 for one in pool.members)


def true_reason(pool: Pool, posts: list[Post], limits: Limits, result: Result, post_id: str, reason) -> bool:
    """Whether a reason against a person at an empty post is so, the figures included."""
    roster = dict(result.assigned)
    known, at = {one.id: one for one in pool.members}, {one.id: one for one in posts}
    where, who, said = at[post_id], known[reason.person], dict(reason.details)
    mine = [at[id] for id, holder in roster.items() if holder == who.id]
    beside = [one for one in mine if one.block != where.block]
    staff = who_is_in(pool, posts, roster, where.sitting) if where.sitting else []
    if reason.code == "roster.wrong_capacity":
        return where.capacity not in who.capacities and said == {"wanted": where.capacity}
    if reason.code == "roster.busy":
        stands = who.id in {one.id for one in pool.standing.get(where.sitting, ())}
        return (stands or where.block in who.load_before.blocks) and said == {"block": where.block}
    if reason.code == "roster.taken":
        return roster.get(said["post"]) == who.id and at[said["post"]].block == where.block
    if reason.code == "roster.load_event":
        return said == {"held": who.load_before.total + len(beside), "limit": limits.max_total} and said["held"] >= said["limit"] > 0
    if reason.code == "roster.load_day":
        held = who.load_before.days.get(where.day, 0) + sum(1 for one in beside if one.day == where.day)
        return said == {"day": where.day, "held": held, "limit": limits.max_per_day} and held >= limits.max_per_day > 0
    if reason.code == "roster.pair_limit":
        return said["other"] in {one.id for one in staff} and said["times"] == times_together(
            pool, posts, roster, who.id, said["other"], where
        )
    if reason.code == "roster.one_employer":
        return limits.mixed_employers and bool(staff) and all(said["employer"] in one.employers for one in (*staff, who))
    return reason.code in pool.bars.get((who.id, where.group), ())


def times_together(pool: Pool, posts: list[Post], roster: Roster, one: str, other: str, where: Post) -> int:
    before = sum(times for key, times in pool.together.items() if pair_of(*key) == pair_of(one, other, where.place))
    sittings = {spot.sitting for spot in posts if spot.sitting and spot.place == where.place}
    drawn = set(roster.values())
    both = [s for s in sittings if {one, other} <= {staff.id for staff in who_is_in(pool, posts, roster, s)} and drawn & {one, other}]
    return before + len(both)


def one_swap_away(pool: Pool, posts: list[Post], limits: Limits, roster: Roster) -> Iterator[Roster]:
    """Rosters with one empty post more filled: by somebody directly, or by somebody whose own post a third takes."""
    for spot in posts:
        for who in pool.members if spot.id not in roster else ():
            direct = {**roster, spot.id: who.id}
            own = [id for id, holder in roster.items() if holder == who.id]
            chains = [{**direct, id: third.id} for id in own for third in pool.members if third.id != who.id]
            yield from (one for one in (direct, *chains) if not any(broken(pool, posts, limits, one)))


def relabelled(pool: Pool, posts: list[Post], names: dict[str, str]) -> tuple[Pool, list[Post]]:
    """The same people under other ids (posts too, where named)."""
    return (
        Pool(
            tuple(Member(names[one.id], one.capacities, one.employers, one.load_before) for one in pool.members),
            {(names[person], group): rules for (person, group), rules in pool.bars.items()},
            {(names[one], names[other], place): times for (one, other, place), times in pool.together.items()},
            {where: tuple(Colleague(names.get(one.id, one.id), one.employers) for one in staff) for where, staff in pool.standing.items()},
        ),
        [Post(names.get(one.id, one.id), one.slot, one.room, one.capacity, one.block, one.day, one.place) for one in posts],
    )


@st.composite
def worlds(draw, most_people: int = 4, most_posts: int = 5, in_rooms: bool = True):
    """A small pool, posts and limits with everything in it that can stand in a way."""
    ids = [f"p{n}" for n in range(draw(st.integers(1, most_people)))]
    few = st.sampled_from
    posts = []
    for n in range(draw(st.integers(1, most_posts))):
        room = draw(few(["r1", "r1", "r2", ""]))
        posts.append(post(f"post{n}", draw(few(["b0", "b1", "b2"])), room, capacity=draw(few(["invigilator", "invigilator", "assessor"]))))
    blocks = st.frozensets(few(["b0", "b1", "b2"]), max_size=1)
    days = st.dictionaries(few(["2026-05-10", "2026-05-11"]), st.integers(0, 2), max_size=1)
    load = st.builds(Load, st.integers(0, 2), days, blocks)
    capacities = few([frozenset({"invigilator"}), frozenset({"invigilator", "assessor"}), frozenset({"assessor"})])
    employers = st.frozensets(few(["e1", "e2"]), max_size=2)
    members = tuple(Member(id, draw(capacities), draw(employers), draw(load)) for id in ids)
    groups = sorted({one.group for one in posts})
    bars = draw(st.dictionaries(st.tuples(few(ids), few(groups)), st.just(("recusal.kin",)), max_size=4))
    pairs = [pair_of(one, other, "v1") for one, other in combinations([*ids, "old"], 2)]
    together = draw(st.dictionaries(few(pairs), st.integers(0, 3), max_size=4))
    sittings = sorted({one.sitting for one in posts if one.sitting})
    standing = {s: (Colleague("old", draw(employers)),) for s in sittings if draw(st.integers(0, 4)) == 0}
    total, daily = draw(few([0, 0, 1, 2, 3])), draw(few([0, 0, 1, 2]))
    limits = Limits(total, daily, draw(few([0, 1, 2, 3])) if in_rooms else 0, in_rooms and draw(st.booleans()))
    return Pool(members, bars, together, standing), posts, limits


def chi_square(counts: list[int]) -> float:
    """How far counts lie from even ones; for `n` counts expect about n − 1."""
    even = sum(counts) / len(counts)
    return sum((count - even) ** 2 for count in counts) / even


def is_even(roster: Roster, pool: Pool, posts: list[Post], limits: Limits) -> bool:
    """Nobody could hand a post to somebody with at least two duties fewer."""
    held = Counter(roster.values())
    load = {one.id: one.load_before.total + held[one.id] for one in pool.members}
    handed = [{**roster, id: heir} for id, holder in roster.items() for heir in load if load[heir] <= load[holder] - 2]
    return all(any(broken(pool, posts, limits, one)) for one in handed)


def ascending(values: list) -> bool:
    return all(one < other for one, other in pairwise(values))
