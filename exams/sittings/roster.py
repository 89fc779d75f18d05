"""The duty roster by lot: the most posts that can be filled, loads even, rooms mixed; for each empty post who could not take it and why.

All chance lies in the order in which people and posts are taken; from then on they are numbers, so that no id, name or place in a list
has a say. Nothing depends on a clock, a float or the order of a set: equal input and equal seed give the equal roster everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from exams.sittings.chance import Stream
from exams.sittings.posts import VERSION, Limits, Member, Pair, Pool, Post, Reason, Result, Unfilled, pair_of, require_usable

BOUNDLESS = 1 << 30
Step = tuple[int, int]  # a post and the member it goes to


def draw(pool: Pool, posts: Iterable[Post], limits: Limits, seed: str) -> Result:
    """Draw staff for the posts: as many as can be filled, every limit kept. Raises Unusable for a pool that contradicts itself."""
    vacant = sorted(posts, key=lambda post: post.id)
    require_usable(pool, vacant)
    stream = Stream(seed, VERSION)
    members = stream.shuffled(sorted(pool.members, key=lambda member: member.id))
    return arrange(members, stream.shuffled(vacant), pool, limits)


def arrange(members: Sequence[Member], posts: Sequence[Post], pool: Pool, limits: Limits) -> Result:
    """The roster once chance has spoken: members and posts come in drawn order."""
    board = _Board(members, posts, pool, limits)
    for post in range(len(posts)):
        board.shift(_path(board, post))
    _mend(board)
    assigned = sorted((posts[post].id, members[holder].id) for post, holder in enumerate(board.holder) if holder is not None)
    empty = [Unfilled(posts[post].id, _reasons(board, post)) for post, holder in enumerate(board.holder) if holder is None]
    return Result(tuple(assigned), tuple(sorted(empty, key=lambda one: one.post)))


class _Board:
    """Who holds which post. Members and posts are numbers in drawn order, so a number is a rank; sets of members are bits of an int."""

    def __init__(self, members: Sequence[Member], posts: Sequence[Post], pool: Pool, limits: Limits) -> None:
        self.members, self.posts, self.pool, self.limits = members, posts, pool, limits
        self.most, self.most_daily = limits.max_total or BOUNDLESS, limits.max_per_day or BOUNDLESS
        self.most_together = limits.pair_limit or BOUNDLESS
        self.holder: list[int | None] = [None] * len(posts)
        self.mine: list[list[int]] = [[] for _member in members]
        self.at: dict[tuple[int, str], int] = {}  # the post a member holds in a block
        self.drawn: dict[str, list[int]] = defaultdict(list)  # members drawn for a sitting
        self.load = [member.load_before.total for member in members]
        self.daily: dict[tuple[int, str], int] = defaultdict(int)
        self.times: dict[Pair, int] = defaultdict(int)
        self.taken: dict[str, int] = defaultdict(int)  # those who hold a post of a block
        self.full: dict[str, int] = defaultdict(int)  # those who may hold no more: on a day, or ("") in the event
        self.tired: dict[tuple[str, str], int] = defaultdict(int)  # those who may not serve with a person at a place again
        self.employed: dict[str, int] = defaultdict(int)
        self._begin()

    def _begin(self) -> None:
        """What holds before anybody is drawn."""
        self.number = {member.id: number for number, member in enumerate(self.members)}
        for number, member in enumerate(self.members):
            self._mark(self.full, "", number, self.load[number] >= self.most)
            for day, count in member.load_before.days.items():
                self.daily[number, day] = count
                self._mark(self.full, day, number, count >= self.most_daily)
            for employer in member.employers:
                self._mark(self.employed, employer, number, True)
        for (one, other, place), times in self.pool.together.items():
            self._meet(one, other, place, times)
        groups = {post.group: post for post in self.posts}
        fit = {
            group: _bits_of(n for n, one in enumerate(self.members) if not any(_unfit(self.pool, one, post)))
            for group, post in groups.items()
        }
        self.fit = [fit[post.group] for post in self.posts]

    @staticmethod
    def _mark(masks: dict[Any, int], key: Any, member: int, holds: bool) -> None:
        masks[key] = masks[key] | 1 << member if holds else masks[key] & ~(1 << member)

    def _meet(self, one: str, other: str, place: str, by: int) -> None:
        """Two serve together so many times more."""
        pair = pair_of(one, other, place)
        self.times[pair] += by
        for this, that in ((one, other), (other, one)):
            if that in self.number:
                self._mark(self.tired, (this, place), self.number[that], self.times[pair] >= self.most_together)

    def put(self, post: int, member: int) -> None:
        """Give an empty post to a member."""
        self.holder[post] = member
        self.at[member, self.posts[post].block] = post
        self.mine[member].append(post)
        self._count(post, member, 1)

    def take(self, post: int) -> int:
        """Empty a post; who held it."""
        member = self.holder[post]
        self.holder[post] = None
        del self.at[member, self.posts[post].block]
        self.mine[member].remove(post)
        self._count(post, member, -1)
        return member

    def shift(self, steps: Sequence[Step]) -> None:
        """Give each post of a chain to its new holder."""
        for post, _member in steps:
            if self.holder[post] is not None:
                self.take(post)
        for post, member in steps:
            self.put(post, member)

    def _count(self, post: int, member: int, by: int) -> None:
        where = self.posts[post]
        self.load[member] += by
        self.daily[member, where.day] += by
        self._mark(self.taken, where.block, member, by > 0)
        self._mark(self.full, "", member, self.load[member] >= self.most)
        self._mark(self.full, where.day, member, self.daily[member, where.day] >= self.most_daily)
        if where.sitting:
            self._join(where, member, by)

    def _join(self, where: Post, member: int, by: int) -> None:
        room = self.drawn[where.sitting]
        if by < 0:
            room.remove(member)
        for other in self.ids_in(where.sitting):
            self._meet(self.members[member].id, other, where.place, by)
        if by > 0:
            room.append(member)

    def ids_in(self, sitting: str) -> list[str]:
        """Who serves in a room, on duty before or drawn; nobody where there is no room."""
        return [one.id for one in self.pool.standing.get(sitting, ())] + [self.members[n].id for n in self.drawn[sitting]]

    def shared(self, sitting: str) -> frozenset[str]:
        """The employers that all who serve in a room share."""
        drawn = [self.members[n].employers for n in self.drawn[sitting]]
        employers = drawn + [one.employers for one in self.pool.standing.get(sitting, ())]
        return frozenset.intersection(*employers) if employers else frozenset()

    def ready(self, post: int) -> int:
        """Who could take a post as to capacity, bars, time and load."""
        where = self.posts[post]
        return self.fit[post] & ~(self.taken[where.block] | self.full[""] | self.full[where.day])

    def alike(self, post: int) -> int:
        """Who shares the employer of all who serve in the room."""
        if not self.limits.mixed_employers:
            return 0
        return reduce(or_, (self.employed[employer] for employer in self.shared(self.posts[post].sitting)), 0)

    def unwelcome(self, post: int) -> int:
        """Whom those who serve in the room exclude: all would be of one employer, or the two have served together too often."""
        where = self.posts[post]
        return reduce(or_, (self.tired[other, where.place] for other in self.ids_in(where.sitting)), self.alike(post))

    def by_load(self, mask: int) -> list[int]:
        """Members, those with the fewest duties first, then by rank."""
        return sorted(_bits(mask), key=lambda member: (self.load[member], member))


def _bits_of(members: Iterable[int]) -> int:
    return sum(1 << member for member in members)


def _bits(mask: int) -> Iterator[int]:
    """The members of a mask by rank."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


# ---------------------------------------------------------------------------------------------- I. As many as can be filled


def _path(board: _Board, start: int) -> list[Step]:
    """A chain that fills `start`: it goes to a member, his post to another, and so on until somebody has time to spare; [] if none does.

    Breadth first through the residual network post → person's block → person's day → person, to the least loaded whom it reaches. Post
    by post this fills as many as can be filled, and with the least sum of squared loads for those that are.
    """
    seen: dict[str, int] = defaultdict(int)
    came: dict[int, Step] = {}
    best: Step | None = None
    least = min(board.load, default=0)
    queue = [start]
    for post in queue:
        block = board.posts[post].block
        fresh = board.fit[post] & ~seen[block]
        seen[block] |= fresh
        for member in board.by_load(fresh & board.ready(post))[:1]:
            if best is None or board.load[member] < board.load[best[1]]:
                best = (post, member)
        if best is not None and board.load[best[1]] == least:
            break
        for member in _bits(fresh):
            given = [other for other in _given_for(board, post, member) if other not in came]
            came.update(dict.fromkeys(given, (post, member)))
            queue += given
    return _traced(came, best)


def _given_for(board: _Board, post: int, member: int) -> list[int]:
    """The posts a member could give up for another: the one at that time; else, where the day is full, one of the day; else any."""
    where = board.posts[post]
    at = board.at.get((member, where.block))
    if at is not None:
        return [at]
    if board.daily[member, where.day] < board.most_daily:
        return board.mine[member]
    return [other for other in board.mine[member] if board.posts[other].day == where.day]


def _traced(came: dict[int, Step], last: Step | None) -> list[Step]:
    steps: list[Step] = []
    while last is not None:
        steps.append(last)
        last = came.get(last[0])
    return steps


# --------------------------------------------------------------------------------------------- II. Rooms that keep their limits


def _mend(board: _Board) -> None:
    """Take out whoever breaks a limit of a room, then fill what is empty by swaps as long as one helps, and even the loads again."""
    if not _sweep(board, _take_out):
        return
    while _sweep(board, _take_out):
        pass
    while _sweep(board, _fill_again) or _sweep(board, _hand_over):
        pass


def _sweep(board: _Board, step: Callable[[_Board, int], bool]) -> int:
    """Every post once, in drawn order; how many were changed."""
    return sum(step(board, post) for post in range(len(board.posts)))


def _take_out(board: _Board, post: int) -> bool:
    """Empty a post whose holder is unwelcome to the others of the room."""
    if board.holder[post] is None:
        return False
    member = board.take(post)
    if board.unwelcome(post) >> member & 1:
        return True
    board.put(post, member)
    return False


def _fill_again(board: _Board, post: int) -> bool:
    """Fill an empty post with whom its room welcomes: somebody ready, or who gives up a post that a third can take; or, together with
    another of the room whose holder makes way, with two who fit each other. The least loaded come first."""
    if board.holder[post] is not None:
        return False
    ready = board.ready(post) & ~board.unwelcome(post)
    for member in board.by_load(board.fit[post] & ~board.alike(post)):
        if ready >> member & 1:
            board.put(post, member)
            return True
        if any(_exchange(board, post, member, given) for given in sorted(_given_for(board, post, member))):
            return True
    where = board.posts[post]
    beside = sorted(board.at[member, where.block] for member in board.drawn[where.sitting])
    return any(_renew(board, post, other) for other in beside)


def _exchange(board: _Board, post: int, member: int, given: int) -> bool:
    """Move a member to a post and the least loaded who can take it to the post he gives up; undone if there is none."""
    if not board.ready(given):
        return False
    board.take(given)
    if not board.unwelcome(post) >> member & 1:
        board.put(post, member)
        for third in board.by_load(board.ready(given) & ~board.unwelcome(given))[:1]:
            board.put(given, third)
            return True
        board.take(post)
    board.put(given, member)
    return False


def _renew(board: _Board, post: int, other: int) -> bool:
    """Fill two posts of a room anew, of which one is empty; undone if no two can take them."""
    former = board.take(other)
    for member in board.by_load(board.ready(post) & ~board.unwelcome(post)):
        board.put(post, member)
        for second in board.by_load(board.ready(other) & ~board.unwelcome(other))[:1]:
            board.put(other, second)
            return True
        board.take(post)
    board.put(other, former)
    return False


def _hand_over(board: _Board, post: int) -> bool:
    """Give a post to the least loaded who can take it, if he has at least two duties fewer."""
    if board.holder[post] is None:
        return False
    former = board.take(post)
    heir = board.by_load(board.ready(post) & ~board.unwelcome(post))[0]
    moved = board.load[heir] < board.load[former]
    board.put(post, heir if moved else former)
    return moved


# -------------------------------------------------------------------------------------------------------- III. Why a post is empty


def _reasons(board: _Board, post: int) -> tuple[Reason, ...]:
    found = [reason for number in range(len(board.members)) for reason in _against(board, post, number)]
    return tuple(sorted(found, key=lambda reason: (reason.person, reason.code, sorted(reason.details.items()))))


def _unfit(pool: Pool, member: Member, post: Post) -> Iterator[Reason]:
    """What stands against a member at a post whatever else is drawn."""
    if post.capacity not in member.capacities:
        yield Reason(member.id, "roster.wrong_capacity", {"wanted": post.capacity})
    for rule in sorted(pool.bars.get((member.id, post.group), ())):
        yield Reason(member.id, rule)
    stands = any(one.id == member.id for one in pool.standing.get(post.sitting, ()))
    if stands or post.block in member.load_before.blocks:
        yield Reason(member.id, "roster.busy", {"block": post.block})


def _against(board: _Board, post: int, number: int) -> Iterator[Reason]:
    """Every reason that holds, the roster being what it is."""
    member, where, limits = board.members[number], board.posts[post], board.limits
    yield from _unfit(board.pool, member, where)
    at = board.at.get((number, where.block))
    if at is not None:
        yield Reason(member.id, "roster.taken", {"post": board.posts[at].id})
    held, held_daily = board.load[number] - (at is not None), board.daily[number, where.day] - (at is not None)
    if held >= board.most:
        yield Reason(member.id, "roster.load_event", {"held": held, "limit": limits.max_total})
    if held_daily >= board.most_daily:
        yield Reason(member.id, "roster.load_day", {"day": where.day, "held": held_daily, "limit": limits.max_per_day})
    if where.sitting and member.id not in board.ids_in(where.sitting):
        yield from _in_the_room(board, member, where)


def _in_the_room(board: _Board, member: Member, where: Post) -> Iterator[Reason]:
    """What those who serve in the room make impossible."""
    for other in board.ids_in(where.sitting):
        times = board.times[pair_of(member.id, other, where.place)]
        if times >= board.most_together:
            yield Reason(member.id, "roster.pair_limit", {"limit": board.limits.pair_limit, "other": other, "times": times})
    shared = board.shared(where.sitting) & member.employers
    if board.limits.mixed_employers and shared:
        yield Reason(member.id, "roster.one_employer", {"employer": min(shared)})
