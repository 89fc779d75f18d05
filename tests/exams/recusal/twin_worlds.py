"""Random worlds for the recusal rules: one matter, one person, and whatever may be on record about them and those around them.

Days lie on the very edges of the periods that the rules count, leap days among them; families are true ones, of which only some
declarations are known, by either end.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from exams.recusal import facts as f
from exams.recusal.facts import Facts, KinEdge, Matter
from tests.exams.recusal.true_families import Family

# The person asked about, two more of the staff, three candidates, and somebody who is neither.
ME, STAFF, CANDIDATES = "p", ("q", "r"), ("c", "d", "x")
EVERYBODY = (ME, *STAFF, *CANDIDATES, "z")
ORGANISATIONS = {"b": "Body", "o": "Institute", "i": "Other institute", "t": "Training body"}
KINDS = {"b": "exam_body", "o": "employer", "i": "employer", "t": "training_body"}
FAMILIES = ("UT", "RT")
Period = tuple[date, date | None]
CAPACITIES_HELD = ("setter", "reviewer", "marker", "custodian", "invigilator", "verifier", "score_clerk", "authority_officer")
CAPACITIES_HELD += ("system_administrator", "training_manager", "assembler")

DAYS = st.sampled_from(
    [date(2026, 5, 16), date(2024, 2, 29), date(2028, 2, 29), date(2027, 2, 28), date(2025, 3, 1), date(2026, 1, 1), date(2025, 12, 31)]
)
WEIGHED = (
    "recusal.same_employer", "recusal.trained_for_item", "recusal.trained_candidate", "recusal.wrote_material", "recusal.dispute",
    "recusal.training_post", "recusal.body_interest", "recusal.earlier_assessor", "recusal.declared_other", "duty.setter_guard",
    "duty.setter_marker", "duty.one_employer", "duty.rotation", "duty.untrained",
)  # fmt: skip
POLICIES = st.builds(
    f.Policy,
    cooloff_years=st.sampled_from([3, 1, 2, 4]),
    rotation_times=st.integers(1, 3),
    severities=st.lists(
        st.tuples(st.sampled_from(WEIGHED), st.sampled_from(["block", "decide", "disclose"])), max_size=2, unique_by=lambda one: one[0]
    ).map(tuple),
)


WHO = st.sampled_from([ME, ME, ME, ME, *STAFF, "c"])  # now and then somebody else, whose facts must not count


def some(*of: str) -> st.SearchStrategy[frozenset[str]]:
    return st.lists(st.sampled_from(of), max_size=len(of)).map(frozenset)


MATTERS = st.builds(
    Matter,
    on=DAYS,
    event_id=st.sampled_from(["e", "e", ""]),
    body_id=st.sampled_from(["b", "b", ""]),
    family=st.sampled_from(["UT", "UT", ""]),
    families=some(*FAMILIES),
    qualification=st.sampled_from(["", "Q"]),
    item=st.sampled_from(["UT level II", ""]),
    form=st.sampled_from(["theory", "practical", "oral"]),
    room=st.sampled_from(["R03", ""]),
    candidates=st.sampled_from([("c",), ("c",), ("c", "d"), ("d",), ("c", ME), (ME,), ()]).map(frozenset),
    employers=some("o", "i"),
    colleagues=st.sampled_from([("q",), ("q",), ("q", "r"), ("q", ME), (ME,), ()]).map(frozenset),
    paper_ids=some("paper", "paper2"),
    question_ids=some("question", "question2"),
    inspected=some("b", "o", "t"),
    complaint_id=st.sampled_from(["k", ""]),
)


@cache
def near(on: date, years: int) -> st.SearchStrategy[date]:
    """Days on which a rule may turn: the day itself and those of the same name in years around, with the days beside them."""
    edges = {on, date(on.year, 1, 1), date(on.year - 1, 1, 1), date(on.year - 1, 12, 31), date(on.year - 2, 12, 31), date(on.year, 12, 31)}
    edges |= {f.years_before(on, back) for back in (-1, 1, 2, years)}
    edges |= {date(year, 2, 29) for year in (2020, 2024, 2028)}
    return st.sampled_from(sorted({edge + timedelta(days=by) for edge in edges for by in (-1, 0, 1)}))


@st.composite
def families(draw: st.DrawFn) -> tuple[dict[str, str], list[KinEdge]]:
    """The sexes of a small true family, and some of what its members could truly declare about one another."""
    family = Family()
    sexes = st.sampled_from(["male", "female"])
    for _ in range(draw(st.integers(1, 3))):
        family.person(draw(sexes))
    for kind in draw(st.lists(st.sampled_from("mmbbbba1"), max_size=9)):
        one = draw(st.sampled_from(sorted(family.sex)))
        if kind == "m":
            family.marry(one, draw(st.sampled_from(sorted(family.sex))))
        elif kind == "a":
            family.adopt(one, draw(sexes))
        else:
            family.bear(one, draw(sexes), alone=kind == "1")
    true = family.declarations()
    said = sorted({edge.relation for edge in true})
    edges = []
    # By relation first: the short ones would otherwise drown the long ones.
    for relation in draw(st.lists(st.sampled_from(said), max_size=7)) if said else []:
        edge = draw(st.sampled_from([edge for edge in true if edge.relation == relation]))
        edges.append(replace(edge, doubtful=draw(st.integers(0, 7)) == 0))
    return family.sex, edges


@st.composite
def worlds(draw: st.DrawFn) -> Facts:
    """Facts about the person `p` acting as a setter; the same for another capacity by `replace`."""
    matter, policy = draw(MATTERS), draw(POLICIES)
    sexes, edges = draw(families())
    known = []
    for person, key in zip(draw(PEOPLE), draw(st.permutations(sorted(sexes) + ["k97", "k98", "k99"])), strict=False):
        if person != "z":  # somebody is known by no name
            sex = draw(st.sampled_from([sexes.get(key, ""), sexes.get(key, ""), ""]))
            known.append(f.Known(id=person, key=key, name=person.upper(), sex=sex))
    found = draw(records(matter.on, policy.cooloff_years))
    start = Facts(person=ME, capacity="setter", matter=matter, policy=policy)
    return start.with_facts([*known, *edges, *(fact for some_facts in found for fact in some_facts)])


PEOPLE = st.permutations(EVERYBODY)


@cache
def records(on: date, years: int) -> st.SearchStrategy[list[list[f.Fact]]]:
    """What is on record: every kind of fact, one or several at a time."""
    day = near(on, years)
    # The first and the last day of something; none of the second while it lasts.
    period = st.tuples(day, day, st.booleans()).map(lambda drawn: (min(drawn[:2]), None if drawn[2] else max(drawn[:2])))
    year_ago = (on - f.years_before(on, 1)).days
    lately = st.sampled_from([on - timedelta(days=by) for by in (-1, 0, 1, 2, 30, year_ago - 1, year_ago, year_ago + 1)])
    organisation = st.sampled_from(sorted(ORGANISATIONS))
    part = st.sampled_from(["set", "reviewed", "approved", "assembled"])
    kinds = [
        st.builds(_training, WHO, organisation, st.sampled_from(FAMILIES), period, some("c", "d", "x", ME)),
        st.builds(_authored, WHO, st.sampled_from(["T", "U"]), st.sampled_from(FAMILIES), day),
        st.builds(_post, st.sampled_from([ME, ME, *STAFF, "c"]), organisation, period, st.sampled_from(["", "director"])),
        st.builds(_posts_together, st.sampled_from(["q", "qr", "c", "qc", "qrd"]), organisation, period),
        st.builds(_declared, WHO, st.sampled_from(["e", "e", "e", "f", ""]), st.none() | day, some("a neighbour", "a teacher")),
        st.builds(_concealed, WHO, day),
        st.builds(_requested, WHO, st.sampled_from(["e", "f", ""]), st.sampled_from(["b", "g"]), STATES, day, st.none() | day),
        st.builds(_dispute, WHO, st.sampled_from(["c", "d", "x", "o", "t", "b"]), period),
        st.builds(_held, WHO, st.sampled_from(CAPACITIES_HELD), st.sampled_from(["", "e", "b", "f"])),
        st.builds(_hand, WHO, part, st.integers(0, 9), st.sampled_from(FAMILIES)),
        st.builds(_assessed, WHO, st.sampled_from(["c", "d", "x"]), day),
        st.builds(
            _served, WHO, st.sampled_from(["q", "q", "r", "z"]), st.sampled_from(["V", "V", "W"]), st.lists(lately, min_size=1, max_size=5)
        ),
        st.builds(_takes_part, WHO, st.sampled_from(["k", "l", ""]), st.sampled_from(["T-1", "T-2"])),
        st.builds(_tie, WHO, organisation, st.none() | day),
        st.builds(_duty_training, WHO, st.sampled_from(["marker", "chief", "setter", "invigilator"]), day),
    ]
    doubt = st.builds(_doubts, st.sampled_from(EVERYBODY), st.one_of(kinds[0], kinds[1], kinds[2], kinds[7]))
    return st.lists(st.one_of(*kinds, doubt), min_size=4, max_size=20)


STATES = st.sampled_from(["filed", "granted", "refused", "withdrawn"])


def _training(person: str, organisation: str, family: str, period: Period, trainees: frozenset[str]) -> list[f.Fact]:
    name, (since, until) = ORGANISATIONS[organisation], period
    return [
        f.Training(
            person=person, organisation=organisation, organisation_name=name, family=family, since=since, until=until, trainees=trainees
        )
    ]


def _doubts(who: str, found: list[f.Fact]) -> list[f.Fact]:
    """The same, if somebody whom a report names without a number is `who`: the trainer, the author, or one who was trained."""
    certain, doubts = [], []
    for fact in found:
        if isinstance(fact, f.Training) and who != fact.person:  # who taught is certain, who attended is not
            certain.append(replace(fact, trainees=fact.trainees - {who}))
            fact = replace(fact, trainees=frozenset({who}))
        doubts.append(f.Doubt(person=fact.person, who=who, named="somebody", **{PARTS[type(fact)]: fact}))
    return [*certain, *doubts]


PARTS = {f.Training: "training", f.Authored: "authored", f.Employment: "employment", f.Disputed: "disputed"}


def _authored(person: str, title: str, family: str, published_on: date) -> list[f.Fact]:
    return [f.Authored(person=person, title=title, family=family, published_on=published_on)]


def _post(person: str, organisation: str, period: Period, post: str = "") -> list[f.Fact]:
    name, kind, (since, until) = ORGANISATIONS[organisation], KINDS[organisation], period
    return [f.Employment(person=person, organisation=organisation, organisation_name=name, kind=kind, since=since, until=until, post=post)]


def _posts_together(others: str, organisation: str, period: Period) -> list[f.Fact]:
    """The person and others with the same employer at the same time."""
    return [fact for person in (ME, *others) for fact in _post(person, organisation, period)]


def _declared(person: str, event: str, signed_on: date | None, grounds: frozenset[str]) -> list[f.Fact]:
    return [f.Declared(person=person, event_id=event, signed_on=signed_on, grounds=tuple(sorted(grounds)))]


def _concealed(person: str, proved_on: date) -> list[f.Fact]:
    return [f.Concealed(person=person, proved_on=proved_on)]


def _requested(person: str, event: str, body: str, state: str, filed_on: date, decided_on: date | None) -> list[f.Fact]:
    return [f.Requested(person=person, event_id=event, body_id=body, state=state, filed_on=filed_on, decided_on=decided_on)]


def _dispute(person: str, other: str, period: Period) -> list[f.Fact]:
    return [f.Disputed(person=person, other=other, other_name=f"name of {other}", since=period[0], until=period[1])]


def _held(person: str, capacity: str, scope: str) -> list[f.Fact]:
    return [f.Held(person=person, capacity=capacity, scope=scope)]


def _hand(person: str, part: str, which: int, family: str) -> list[f.Fact]:
    """A hand in a question, or in a paper that is sat in no event, in this one or in another."""
    if which < 3:
        return [f.Hand(person=person, part=part, number=f"Q{which}", question=["question", "question", "elsewhere"][which])]
    paper = ["paper", "paper3"][which % 2]
    return [f.Hand(person=person, part=part, number=paper.upper(), paper=paper, event=["e", "f", ""][which % 3], family=family)]


def _assessed(person: str, candidate: str, on: date) -> list[f.Fact]:
    return [f.Assessed(person=person, candidate=candidate, on=on)]


def _served(person: str, other: str, place: str, days: list[date]) -> list[f.Fact]:
    return [f.ServedTogether(person=person, other=other, other_name=f"name of {other}", place=place, on=day) for day in days]


def _takes_part(person: str, complaint: str, number: str) -> list[f.Fact]:
    return [f.TakesPart(person=person, complaint_id=complaint, number=number)]


def _tie(person: str, organisation: str, until: date | None) -> list[f.Fact]:
    name = ORGANISATIONS[organisation]
    return [f.Tie(person=person, organisation=organisation, organisation_name=name, tie="lectures", until=until)]


def _duty_training(person: str, capacity: str, until: date) -> list[f.Fact]:
    return [f.DutyTraining(person=person, capacity=capacity, until=until)]
