"""Can this event be staffed cleanly? Months ahead, from what is planned and known: what stays empty, why, and what would help most.

What is not scheduled yet is supposed: one slot for each compulsory subject of an item, as many rooms as the expected candidates need.
Nothing is drawn here and nothing is kept; the roster is only tried out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from django.db.models import Count, Q

from exams.applications.models import ENDED_STATES, Application
from exams.appointments.models import Appointment
from exams.people.models import Organisation
from exams.programme.models import Event, EventItem
from exams.recusal.facts import Matter
from exams.recusal.screening import screen_pool
from exams.sittings import parameters, roster
from exams.sittings.models import TimeSlot
from exams.sittings.posts import Limits, Member, Pool, Post

# A declaration is signed for each event shortly before it; months ahead its absence says nothing.
COMES_LATER = frozenset({"recusal.undeclared"})
NOBODY_YET = "—"  # the member that stands for somebody still to be appointed
Bars = dict[tuple[str, str], tuple[str, ...]]  # (person, group of a post) → what keeps them out there
CAPACITIES = ("chief", "roving_invigilator", "invigilator", "assessor")


@dataclass(frozen=True)
class Line:
    """One capacity for one item: how many are needed at once, and who is there for it."""

    item: EventItem
    capacity: str
    needed: int
    appointed: int
    clear: int
    barred: tuple[tuple[str, int], ...]  # rule id, how many people it keeps out
    empty: int

    @property
    def spare(self) -> int:
        """How many clear people more than are needed at once; below zero some posts find nobody."""
        return self.clear - self.needed


@dataclass(frozen=True)
class Help:
    """One step that would fill posts: an appointment, or people of another body of the same authority."""

    capacity: str
    family: str
    filled: int
    body: Organisation | None = None
    people: int = 1


@dataclass(frozen=True)
class Forecast:
    """What to expect."""

    lines: list[Line]
    helps: list[Help]
    supposed: bool

    @property
    def empty(self) -> int:
        return sum(line.empty for line in self.lines)


@dataclass
class _Plan:
    """The posts of an event, scheduled or supposed, and the matter of each item."""

    event: Event
    items: list[EventItem]
    matters: dict[Any, Matter]
    posts: list[Post] = field(default_factory=list)
    supposed: bool = False

    def item_of(self, post: Post) -> EventItem:
        return next(item for item in self.items if post.slot.startswith(f"{item.pk}/"))

    def of(self, item: EventItem, capacity: str) -> list[Post]:
        return [post for post in self.posts if post.slot.startswith(f"{item.pk}/") and post.capacity == capacity]


def forecast(event: Event, expected: dict[Any, int] | None = None) -> Forecast:
    """Try the roster out. `expected` gives the candidates of an item where more are expected than have applied."""
    plan = _plan(event, expected or {})
    people = list(_appointed(event, Q(organisation=event.body_id)))
    bars = _bars(plan, people)
    pool = Pool(_members(people), bars)
    filled = roster.draw(pool, plan.posts, Limits(mixed_employers=False), "forecast")
    empty = {one.post for one in filled.unfilled}
    lines = [_line(plan, item, capacity, people, bars, empty) for item in plan.items for capacity in CAPACITIES if plan.of(item, capacity)]
    return Forecast(lines, _helps(plan, pool, lines) if empty else [], plan.supposed)


# ------------------------------------------------------------------------------------------------------------------ what is wanted


def _plan(event: Event, expected: dict[Any, int]) -> _Plan:
    items = list(event.items.select_related("qualification", "edition"))
    people = _applied(event)
    plan = _Plan(event, items, {item.pk: _matter(event, item, people.get(item.pk, [])) for item in items})
    values = parameters.all_in_force(event.body_id, event.starts_on)
    slots = list(event.slots.exclude(state="cancelled").annotate(rooms=Count("sittings", filter=Q(sittings__live=True))))
    known = {(slot.item_id, slot.subject) for slot in slots if slot.rooms}
    for slot in slots:
        _scheduled(plan, slot, values)
    for item in items:
        number = max(expected.get(item.pk, 0), len(people.get(item.pk, [])))
        for subject in item.edition.rulebook.subjects:
            if (item.pk, subject.code) not in known and number:
                plan.supposed = True
                rooms = -(-number // values["ROOM_CAP_WRITTEN"].value)
                _posts(plan, item, subject.code, subject.form or "", f"{item.pk}/{subject.code}", rooms, values)
    return plan


def _scheduled(plan: _Plan, slot: TimeSlot, values: dict[str, parameters.Value]) -> None:
    item = next(one for one in plan.items if one.pk == slot.item_id)
    _posts(plan, item, slot.subject, slot.form, str(slot.starts_at), slot.rooms, values)


def _applied(event: Event) -> dict[Any, list[tuple[str, str]]]:
    """Who has applied and not gone since, with the employer, by item."""
    rows = Application.objects.filter(event=event).exclude(state__in=("draft", *ENDED_STATES))
    found: dict[Any, list[tuple[str, str]]] = {}
    for item, person, employer in rows.values_list("item_id", "person_id", "employer_id"):
        found.setdefault(item, []).append((str(person), str(employer or "")))
    return found


def _posts(plan: _Plan, item: EventItem, subject: str, form: str, block: str, rooms: int, values: dict[str, parameters.Value]) -> None:
    practical = form in ("practical", "oral")
    wanted = {
        "chief": min(rooms, 1),
        "roving_invigilator": -(-rooms // values["ROOMS_PER_ROVING"].value),
        "invigilator": rooms * values["MIN_INVIGILATORS_PER_ROOM"].value,
        "assessor": rooms if practical else 0,
    }
    slot = f"{item.pk}/{subject}/{block}"
    for capacity, number in wanted.items():
        for place in range(number):
            plan.posts.append(Post(f"{slot}/{capacity}/{place}", slot, "", capacity, block, plan.event.starts_on.isoformat(), ""))


def _matter(event: Event, item: EventItem, people: Iterable[tuple[str, str]]) -> Matter:
    """All who have applied so far, as if they sat in one room."""
    pairs = list(people)
    return Matter(
        on=event.starts_on,
        event_id=str(event.pk),
        body_id=str(event.body_id),
        family=item.qualification.family,
        qualification=item.qualification.code,
        item=item.qualification.name_zh,
        candidates=frozenset(person for person, _employer in pairs),
        employers=frozenset(employer for _person, employer in pairs if employer),
    )


# ------------------------------------------------------------------------------------------------------------------ who is there


def _appointed(event: Event, whose: Q) -> Iterable[Appointment]:
    rows = Appointment.objects.filter(whose, capacity__in=CAPACITIES, state="in_force", since__lte=event.starts_on)
    return rows.filter(Q(until=None) | Q(until__gte=event.starts_on)).order_by("person_id", "capacity")


def _members(people: Sequence[Appointment]) -> tuple[Member, ...]:
    capacities: dict[str, set[str]] = {}
    for row in people:
        capacities.setdefault(str(row.person_id), set()).add(row.capacity)
    return tuple(Member(person, frozenset(held)) for person, held in sorted(capacities.items()))


def _bars(plan: _Plan, people: Sequence[Appointment]) -> Bars:
    """For each person and post group: not appointed for the item, or what recusal says of the item's candidates so far."""
    bars: Bars = {}
    for capacity in CAPACITIES:
        holders = [row for row in people if row.capacity == capacity]
        against = _against(plan, capacity, {str(row.person_id) for row in holders})
        groups = {post.group: plan.item_of(post) for post in plan.posts if post.capacity == capacity}
        for row, (group, item) in product(holders, groups.items()):
            person = str(row.person_id)
            if row.families and item.qualification.family not in row.families:
                bars.setdefault((person, group), ("sittings.not_appointed",))
            elif (person, item.pk) in against:
                bars[person, group] = against[person, item.pk]
    return bars


def _against(plan: _Plan, capacity: str, persons: set[str]) -> dict[tuple[str, Any], tuple[str, ...]]:
    found = {}
    for answer in screen_pool(sorted(persons), capacity, [plan.matters[item.pk] for item in plan.items]):
        hard = {one.id for one in answer.objections if one.severity != "disclose"} - COMES_LATER
        if hard:
            found[answer.person_id, plan.items[answer.number].pk] = tuple(sorted(hard))
    return found


def _line(
    plan: _Plan,
    item: EventItem,
    capacity: str,
    people: Sequence[Appointment],
    bars: dict[tuple[str, str], tuple[str, ...]],
    empty: set[str],
) -> Line:
    posts = plan.of(item, capacity)
    holders = {str(row.person_id) for row in people if row.capacity == capacity}
    why = [bars[person, posts[0].group] for person in holders if (person, posts[0].group) in bars]
    rules = Counter(rule for reasons in why for rule in reasons if rule != "sittings.not_appointed")
    appointed = len(holders) - sum(1 for reasons in why if "sittings.not_appointed" in reasons)
    return Line(
        item=item,
        capacity=capacity,
        needed=max(Counter(post.block for post in posts).values()),
        appointed=appointed,
        clear=len(holders) - len(why),
        barred=tuple(rules.most_common()),
        empty=sum(1 for post in posts if post.id in empty),
    )


# ------------------------------------------------------------------------------------------------------------------ what would help


def _helps(plan: _Plan, pool: Pool, lines: Sequence[Line]) -> list[Help]:
    """Single steps, each tried out, those that fill most first: one new appointment, or all whom another body could lend."""
    before = _filled(plan, pool)
    wanted = {(line.capacity, line.item.qualification.family) for line in lines if line.empty}
    helps = [*_appointments(plan, pool, wanted, before), *_exchanges(plan, pool, wanted, before)]
    return sorted(helps, key=lambda one: (-one.filled, one.people, one.capacity, one.family, str(one.body or "")))


def _filled(plan: _Plan, pool: Pool) -> int:
    return len(roster.draw(pool, plan.posts, Limits(mixed_employers=False), "forecast").assigned)


def _appointments(plan: _Plan, pool: Pool, wanted: set[tuple[str, str]], before: int) -> Iterable[Help]:
    for capacity, family in sorted(wanted):
        bars = {
            (NOBODY_YET, post.group): ("sittings.not_appointed",)
            for post in plan.posts
            if plan.item_of(post).qualification.family != family
        }
        with_one = replace(pool, members=(*pool.members, Member(NOBODY_YET, frozenset({capacity}))), bars={**pool.bars, **bars})
        gain = _filled(plan, with_one) - before
        if gain:
            yield Help(capacity, family, gain)


def _exchanges(plan: _Plan, pool: Pool, wanted: set[tuple[str, str]], before: int) -> Iterable[Help]:
    """People appointed in another body of the same authority, put to the same questions. Only how many they are is told."""
    event = plan.event
    others = Organisation.objects.filter(kind="exam_body", supervised_by=event.body.supervised_by_id).exclude(pk=event.body_id)
    if event.body.supervised_by_id is None:
        return
    known = {member.id for member in pool.members}
    rows = [row for row in _appointed(event, Q(organisation__in=others)).select_related("organisation") if str(row.person_id) not in known]
    bars = _bars(plan, rows)
    for capacity, family in sorted(wanted):
        groups = {post.group for post in plan.posts if post.capacity == capacity and plan.item_of(post).qualification.family == family}
        lenders: dict[Any, list[Appointment]] = {}
        for row in rows:
            if row.capacity == capacity and any((str(row.person_id), group) not in bars for group in groups):
                lenders.setdefault(row.organisation_id, []).append(row)
        for lent in lenders.values():
            with_them = replace(pool, members=(*pool.members, *_members(lent)), bars={**pool.bars, **bars})
            gain = _filled(plan, with_them) - before
            if gain:
                yield Help(capacity, family, gain, lent[0].organisation, len(lent))
