"""Every rule of recusal with its family of must-refuse cases, its lawful neighbour beside it, and the day on which it turns."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.recusal import facts as f
from exams.recusal.facts import Facts, Matter
from exams.recusal.rules import EXAM_WORK, GUARDING, MARKING, OFFICE, OVERSIGHT, RULES, SETTING, allows, judge, years_after
from exams.verdicts import Objection

DAY = date(2026, 5, 16)
KNOWN = [
    f.Known(id="p", key="kp", name="贺兰静", sex="male"),
    f.Known(id="c", key="kc", name="陈㙍"),
    f.Known(id="d", key="kd", name="仝佳音"),
]
SIGNED = f.Declared(person="p", event_id="e", signed_on=date(2026, 5, 1))
MATTER = Matter(
    on=DAY,
    event_id="e",
    body_id="b",
    family="UT",
    item="超声检测 Ⅱ级",
    room="R03",
    candidates=frozenset({"c"}),
    paper_ids=frozenset({"paper"}),
    question_ids=frozenset({"question"}),
)


def put(*facts, capacity="invigilator", policy=None, matter=MATTER, signed=True, **change):
    """The objections against 贺兰静 on these facts."""
    matter = replace(matter, **change)
    start = Facts(person="p", capacity=capacity, matter=matter, policy=policy or f.Policy())
    return judge(start.with_facts([*KNOWN, *([SIGNED] if signed else []), *facts]))


def ids(objections):
    return [objection.id for objection in objections]


def training(until=date(2025, 6, 20), family="UT", since=None, **more):
    return f.Training(
        person="p",
        organisation="t",
        organisation_name="云泽培训",
        family=family,
        since=since or (until or DAY) - timedelta(days=11),
        until=until,
        **more,
    )


def post(person="p", organisation="o", kind="employer", since=date(2020, 1, 1), until=None):
    return f.Employment(
        person=person, organisation=organisation, organisation_name="临江检验院", kind=kind, since=since, until=until
    )


def test_nothing_known_is_no_objection():
    assert put() == []


def test_the_sentence_is_whole():
    [objection] = put(training())
    assert objection == Objection(
        "recusal.trained_for_item",
        "%(person)s took part in training for %(family)s organised by %(organiser)s until %(ended)s; "
        "the cooling-off period ends on %(until)s.",
        {
            "person": "贺兰静",
            "family": "UT",
            "organiser": "云泽培训",
            "ended": "2025-06-20",
            "until": "2028-06-20",
            "years": 3,
            "source": "W-FJ; W-HN",
        },
        "Notice 2024 No. 34, I (3); cooling-off period of %(years)s years (%(source)s)",
        "Choose another person, or two superiors set the objection aside in writing.",
        "block",
        (),
    )
    assert objection.text() == (
        "贺兰静 took part in training for UT organised by 云泽培训 until 2025-06-20; the cooling-off period ends on 2028-06-20."
    )
    assert "3 years (W-FJ; W-HN)" in objection.basis_text()


# ------------------------------------------------------------------------------------------------- who must be refused, one by one

KIN = f.KinEdge(person="kp", relative="kc", relation="son")
TRAINED = frozenset({"c"})

WORK = f.Authored(person="p", title="讲义", family="UT", published_on=date(2024, 1, 1))
MAY_TEACH = f.Doubt(person="p", who="p", named="贺兰静", training=training())
MAY_BE_TRAINEE = f.Doubt(person="p", who="c", named="陈㙍", training=training(family="RT", trainees=TRAINED))
MAY_BE_SON = f.KinEdge(person="kp", relative="kc", relation="son", doubtful=True)

MUST_REFUSE = [
    ("recusal.own_candidacy", {"candidates": frozenset({"p"})}, [], EXAM_WORK | OFFICE),
    ("recusal.kin_of_candidate", {}, [KIN], EXAM_WORK | OFFICE),
    ("recusal.kin_of_candidate", {}, [f.KinEdge(person="kc", relative="kp", relation="father")], EXAM_WORK),
    (
        "recusal.kin_of_candidate",
        {},
        [
            f.KinEdge(person="kp", relative="dead", relation="father"),
            f.KinEdge(person="kc", relative="dead", relation="maternal_grandfather"),
        ],
        EXAM_WORK,
    ),
    ("recusal.trained_for_item", {}, [training()], EXAM_WORK),
    ("recusal.trained_for_item", {}, [training(until=None)], EXAM_WORK),
    ("recusal.trained_for_item", {}, [training(until=date(2027, 1, 1), since=date(2026, 1, 1))], EXAM_WORK),
    ("recusal.trained_for_item", {"family": "", "families": frozenset({"MT", "UT"})}, [training()], EXAM_WORK),
    ("recusal.trained_candidate", {}, [training(family="RT", trainees=TRAINED)], EXAM_WORK),
    (
        "recusal.wrote_material",
        {},
        [f.Authored(person="p", title="超声检测讲义", family="UT", published_on=date(2024, 1, 1))],
        EXAM_WORK,
    ),
    ("recusal.training_post", {}, [post(kind="training_body")], EXAM_WORK | OFFICE),
    ("recusal.same_employer", {}, [post(), post(person="c")], EXAM_WORK),
    ("recusal.same_employer", {}, [post(organisation="b"), post(person="c", organisation="b")], EXAM_WORK),
    ("recusal.same_employer", {"employers": frozenset({"o"})}, [post()], EXAM_WORK),
    ("recusal.earlier_assessor", {}, [f.Assessed(person="p", candidate="c", on=date(2025, 11, 1))], MARKING),
    (
        "recusal.dispute",
        {},
        [f.Disputed(person="p", other="c", other_name="陈㙍", since=date(2026, 1, 1))],
        EXAM_WORK | OFFICE,
    ),
    ("recusal.concealed", {}, [f.Concealed(person="p", proved_on=date(2025, 3, 1))], EXAM_WORK | OFFICE),
    (
        "recusal.requested",
        {},
        [f.Requested(person="p", event_id="e", body_id="b", state="filed", filed_on=DAY)],
        EXAM_WORK | OFFICE,
    ),
    (
        "recusal.requested",
        {},
        [f.Requested(person="p", event_id="", body_id="b", state="granted", filed_on=DAY, decided_on=DAY)],
        EXAM_WORK,
    ),
    (
        "recusal.declared_other",
        {},
        [f.Declared(person="p", event_id="e", signed_on=DAY, grounds=("老邻居",))],
        EXAM_WORK,
    ),
    ("recusal.match_doubt", {}, [MAY_TEACH], EXAM_WORK),
    ("recusal.match_doubt", {}, [MAY_BE_TRAINEE], EXAM_WORK),
    ("recusal.match_doubt", {}, [f.Doubt(person="p", who="p", named="贺", authored=WORK)], EXAM_WORK),
    ("recusal.match_doubt", {}, [f.Doubt(person="p", who="p", named="贺", employment=post(kind="training_body"))], EXAM_WORK | OFFICE),
    (
        "recusal.match_doubt",
        {},
        [f.Doubt(person="p", who="c", named="陈", disputed=f.Disputed(person="p", other="c", other_name="陈㙍", since=date(2026, 1, 1)))],
        EXAM_WORK | OFFICE,
    ),
    ("recusal.match_doubt", {}, [MAY_BE_SON], EXAM_WORK | OFFICE),
    (
        "recusal.match_doubt",
        {},
        [replace(MAY_BE_SON, relative="kw", relation="wife"), f.KinEdge(person="kw", relative="kc", relation="son")],
        EXAM_WORK | OFFICE,
    ),
    ("duty.setter_reviewer", {}, [f.Hand(person="p", part="set", number="Q1", question="question")], {"reviewer"}),
    ("duty.setter_reviewer", {}, [f.Hand(person="p", part="set", number="Q1", question="question")], {"question_approver"}),
    (
        "duty.setter_reviewer",
        {},
        [f.Hand(person="p", part="reviewed", number="Q1", question="question")],
        {"question_approver"},
    ),
    ("duty.setter_reviewer", {}, [f.Hand(person="p", part="assembled", number="P1", paper="paper")], {"paper_approver"}),
    ("duty.setter_guard", {}, [f.Hand(person="p", part="set", number="P1", paper="paper")], GUARDING),
    ("duty.setter_guard", {}, [f.Hand(person="p", part="reviewed", number="P1", paper="paper")], GUARDING),
    ("duty.setter_guard", {}, [f.Hand(person="p", part="set", number="P1", paper="x", event="e", family="UT")], GUARDING),
    ("duty.setter_marker", {}, [f.Hand(person="p", part="set", number="P1", paper="paper")], {"marker", "assessor"}),
    ("duty.setter_marker", {}, [f.Hand(person="p", part="reviewed", number="P1", paper="x", event="e", family="UT")], {"marker"}),
    ("duty.incompatible", {}, [f.Held(person="p", capacity="setter", scope="b")], {"marker", "reviewer", "custodian"}),
    ("duty.incompatible", {}, [f.Held(person="p", capacity="security_administrator")], EXAM_WORK),
    (
        "duty.one_employer",
        {"colleagues": frozenset({"q"})},
        [post(), post(person="q")],
        {"invigilator", "assessor", "identity_officer"},
    ),
    ("duty.untrained", {}, [f.DutyTraining(person="p", capacity="marker", until=date(2026, 5, 15))], {"marker"}),
    (
        "duty.rotation",
        {"colleagues": frozenset({"q"})},
        [f.ServedTogether(person="p", other="q", other_name="阿依古丽", place="R03", on=date(2026, month, 1)) for month in (1, 3, 5)],
        {"invigilator", "assessor"},
    ),
    ("recusal.body_interest", {"inspected": frozenset({"o"})}, [post()], OVERSIGHT),
    ("recusal.body_interest", {"inspected": frozenset({"t"})}, [training()], OVERSIGHT),
    (
        "recusal.body_interest",
        {"inspected": frozenset({"o"})},
        [f.Tie(person="p", organisation="o", organisation_name="O", tie="考评员")],
        OVERSIGHT,
    ),
    (
        "recusal.complaint_party",
        {"complaint_id": "x"},
        [f.TakesPart(person="p", complaint_id="x", number="T-1")],
        OFFICE | OVERSIGHT,
    ),
]


@pytest.mark.parametrize(("rule_id", "change", "facts", "capacities"), MUST_REFUSE)
def test_must_refuse(rule_id, change, facts, capacities):
    for capacity in sorted(capacities):
        objections = put(*facts, capacity=capacity, **change)
        assert rule_id in ids(objections), capacity
        hit = next(one for one in objections if one.id == rule_id)
        assert hit.basis_text() and hit.remedy_text() and "%" not in hit.text(named=True)
        shown_only = rule_id == "recusal.same_employer" and capacity in SETTING
        assert allows([hit]) == shown_only, capacity


@pytest.mark.parametrize(("rule_id", "change", "facts", "capacities"), MUST_REFUSE)
def test_the_same_fact_about_somebody_else_is_no_objection(rule_id, change, facts, capacities):
    """The forgery's twin: every fact told of another person, the matter unchanged."""
    if rule_id == "recusal.own_candidacy":
        pytest.skip("its fact is the matter itself")
    moved = {"p": "x", "kp": "kx"}
    others = [
        replace(fact, person=moved.get(fact.person, fact.person), **_relative(fact, moved)) for fact in facts if fact.person != "c"
    ]
    for capacity in sorted(capacities):
        assert rule_id not in ids(put(*others, capacity=capacity, **change))


def _relative(fact, moved):
    if isinstance(fact, f.KinEdge):
        return {"relative": moved.get(fact.relative, fact.relative)}
    if isinstance(fact, f.Doubt):
        parts = {name: getattr(fact, name) for name in ("training", "authored", "employment", "disputed")}
        return {name: part and replace(part, person=moved.get(part.person, part.person)) for name, part in parts.items()}
    return {}


def test_every_rule_has_its_must_refuse_case():
    tested = {case[0] for case in MUST_REFUSE} | {"recusal.undeclared"}
    assert tested == {entry.id for entry in RULES}


def test_a_doubt_blocks_nothing_by_itself_and_says_what_it_would_mean():
    [objection] = put(MAY_TEACH)
    assert (objection.id, objection.severity) == ("recusal.match_doubt", "decide")
    assert objection.text() == (
        "贺兰静, whom a report names without a number, may be 贺兰静; it is not decided. If so: Trained for this item."
    )
    [objection] = put(MAY_BE_SON)
    assert objection.id == "recusal.match_doubt" and "陈㙍" not in objection.text() and "陈㙍" in objection.text(named=True)


@pytest.mark.parametrize(
    "facts",
    [
        [replace(MAY_TEACH, training=training(family="RT"))],
        [replace(MAY_TEACH, training=training(until=date(2023, 5, 15)))],
        [replace(MAY_BE_TRAINEE, training=training(family="RT"))],
        [replace(MAY_BE_SON, relative="somebody")],
    ],
)
def test_a_doubt_that_would_change_nothing_is_not_put_to_anybody(facts):
    assert put(*facts) == []


def test_what_is_certain_already_needs_no_doubt_besides():
    assert ids(put(training(), MAY_TEACH)) == ["recusal.trained_for_item"]
    assert ids(put(KIN, MAY_BE_SON)) == ["recusal.kin_of_candidate"]


def test_what_would_only_be_disclosed_is_only_disclosed():
    long_ago = training(family="RT", until=date(2020, 1, 1), trainees=TRAINED)
    [objection] = put(replace(MAY_BE_TRAINEE, training=long_ago))
    assert objection.severity == "disclose" and allows([objection])


# -------------------------------------------------------------------------------------------------------------- lawful neighbours

LAWFUL = [
    ({}, [training(family="RT")], "invigilator"),
    ({}, [training(until=date(2023, 5, 15))], "invigilator"),
    ({}, [training(until=None, since=DAY + timedelta(days=1))], "setter"),
    ({}, [training()], "verifier"),
    ({}, [f.Authored(person="p", title="T", family="RT", published_on=date(2025, 1, 1))], "setter"),
    ({}, [f.Authored(person="p", title="T", family="UT", published_on=DAY + timedelta(days=1))], "setter"),
    ({}, [post(kind="training_body", until=date(2026, 5, 15))], "chief"),
    ({}, [post(), post(person="c", until=date(2026, 5, 15))], "marker"),
    ({}, [f.Assessed(person="p", candidate="d", on=date(2025, 11, 1))], "assessor"),
    ({}, [f.Assessed(person="p", candidate="c", on=date(2025, 11, 1))], "invigilator"),
    ({}, [f.Disputed(person="p", other="c", other_name="C", since=date(2026, 1, 1), until=date(2026, 5, 15))], "marker"),
    ({}, [f.Requested(person="p", event_id="e", body_id="b", state="refused", filed_on=DAY)], "marker"),
    ({}, [f.Requested(person="p", event_id="other", body_id="b", state="filed", filed_on=DAY)], "marker"),
    ({}, [f.Requested(person="p", event_id="", body_id="other", state="granted", filed_on=DAY)], "marker"),
    ({}, [f.Declared(person="p", event_id="earlier", signed_on=DAY, grounds=("x",))], "marker"),
    ({}, [f.Hand(person="p", part="set", number="P2", paper="another")], "invigilator"),
    ({}, [f.Hand(person="p", part="set", number="Q2", question="another")], "reviewer"),
    ({}, [f.Hand(person="p", part="set", number="P2", paper="x", event="e", family="RT")], "invigilator"),
    ({}, [f.Hand(person="p", part="set", number="P2", paper="x", event="another", family="UT")], "marker"),
    ({"event_id": ""}, [f.Hand(person="p", part="set", number="P2", paper="", event="", family="UT")], "marker"),
    ({}, [f.Hand(person="p", part="set", number="Q1", question="question")], "invigilator"),
    ({}, [f.Held(person="p", capacity="setter", scope="another body")], "marker"),
    ({}, [f.Held(person="p", capacity="invigilator")], "chief"),
    ({"colleagues": frozenset({"q"})}, [post(), post(person="q", organisation="x")], "invigilator"),
    ({"colleagues": frozenset({"q", "r"})}, [post(), post(person="q"), post(person="r", organisation="x")], "invigilator"),
    ({"colleagues": frozenset({"q"})}, [post(organisation="b"), post(person="q", organisation="b")], "invigilator"),
    ({"colleagues": frozenset({"q"})}, [post(), post(person="q")], "chief"),
    ({}, [f.DutyTraining(person="p", capacity="marker", until=DAY)], "marker"),
    ({}, [f.DutyTraining(person="p", capacity="marker", until=date(2020, 1, 1))], "invigilator"),
    ({"inspected": frozenset({"o"})}, [post(until=date(2023, 5, 15))], "oversight_inspector"),
    ({"inspected": frozenset({"z"})}, [post()], "oversight_inspector"),
    ({"complaint_id": ""}, [f.TakesPart(person="p", complaint_id="", number="T")], "exam_clerk"),
]


@pytest.mark.parametrize(("change", "facts", "capacity"), LAWFUL)
def test_the_lawful_neighbour_passes(change, facts, capacity):
    assert put(*facts, capacity=capacity, **change) == []


# ------------------------------------------------------------------------------------------------------- days on which a rule turns


@given(st.dates(date(2010, 1, 1), date(2040, 12, 31)), st.integers(1, 6))
def test_the_cooling_off_period_turns_exactly_on_its_last_day(ended, years):
    """Blocked on the last day of the period and the day before it, free on the day after."""
    last = years_after(ended, years)
    policy = f.Policy(cooloff_years=years, cooloff_source="test")
    for shift, blocked in ((-1, True), (0, True), (1, False)):
        on = last + timedelta(days=shift)
        assert ("recusal.trained_for_item" in ids(put(training(until=ended), policy=policy, on=on))) is blocked
        work = f.Authored(person="p", title="T", family="UT", published_on=ended)
        assert ("recusal.wrote_material" in ids(put(work, policy=policy, on=on))) is blocked
        [own] = put(training(until=ended, family="RT", trainees=TRAINED), policy=policy, on=on)
        assert own.severity == ("block" if blocked else "disclose")


@given(st.dates(date(2010, 1, 1), date(2040, 12, 31)), st.integers(0, 6))
def test_a_period_of_years_ends_as_a_slow_count_of_days_says(start, years):
    """The twin walks day by day to the day of the same name, or the last of February."""
    day, seen = start, 0
    while seen < years:
        day += timedelta(days=1)
        named = (day.month, day.day) == (start.month, start.day)
        no_such = (start.month, start.day) == (2, 29) and (day.month, day.day) == (2, 28) and (day + timedelta(1)).day == 1
        seen += named or no_such
    assert years_after(start, years) == day


def test_29_february():
    assert years_after(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("on", "barred"),
    [(date(2025, 2, 28), False), (date(2025, 3, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
def test_concealment_bars_this_year_and_the_next(on, barred):
    proof = f.Concealed(person="p", proved_on=date(2025, 3, 1))
    assert (ids(put(proof, on=on)) == ["recusal.concealed"]) is barred


def test_a_trainer_of_two_years_ago_cannot_be_setter_and_of_four_years_ago_can():
    matter = Matter(on=DAY, family="UT")
    assert ids(put(training(until=date(2024, 5, 16)), capacity="setter", matter=matter)) == ["recusal.trained_for_item"]
    assert put(training(until=date(2022, 5, 16)), capacity="setter", matter=matter) == []


# ----------------------------------------------------------------------------------------------------------- severity and parameters


@pytest.mark.parametrize(
    ("capacity", "form", "severity"),
    [
        ("assessor", "theory", "block"),
        ("invigilator", "practical", "block"),
        ("marker", "oral", "block"),
        ("invigilator", "theory", "decide"),
        ("setter", "theory", "disclose"),
    ],
)
def test_how_hard_the_same_employer_weighs(capacity, form, severity):
    assert [one.severity for one in put(post(), post(person="c"), capacity=capacity, form=form)] == [severity]


def test_a_room_held_by_the_candidates_employer_is_blocked():
    objections = put(post(), post(person="q"), post(person="c"), colleagues=frozenset({"q"}))
    assert [(one.id, one.severity) for one in objections] == [("duty.one_employer", "block"), ("recusal.same_employer", "decide")]


def test_the_authority_may_tighten_a_rule_by_parameter():
    policy = f.Policy(severities=(("recusal.same_employer", "block"),))
    assert [one.severity for one in put(post(), post(person="c"), policy=policy)] == ["block"]


def test_papers_assembled_or_approved_are_for_a_superior_to_decide_unless_questions_were_set_too():
    approved = f.Hand(person="p", part="approved", number="P1", paper="paper")
    wrote = f.Hand(person="p", part="set", number="P1", paper="paper")
    assert [one.severity for one in put(approved)] == ["decide"]
    assert [one.severity for one in put(approved, wrote)] == ["block"]


# ------------------------------------------------------------------------------------------------------------- the declaration


def test_who_has_not_signed_cannot_be_assigned():
    assert ids(put(signed=False)) == ["recusal.undeclared"]
    assert ids(put(f.Declared(person="p", event_id="e", signed_on=None), signed=False)) == ["recusal.undeclared"]
    assert ids(put(f.Declared(person="p", event_id="other", signed_on=DAY), signed=False)) == ["recusal.undeclared"]
    assert put(signed=False, event_id="") == []


# -------------------------------------------------------------------------------------------------------------- privacy and replay


def test_names_of_kin_are_withheld_from_those_who_plan():
    [objection] = put(KIN)
    assert objection.text() == "贺兰静 is the … of candidate … (direct blood relation)."
    assert objection.text(named=True) == "贺兰静 is the father of candidate 陈㙍 (direct blood relation)."


@pytest.mark.parametrize("capacity", sorted(EXAM_WORK | OFFICE | OVERSIGHT))
def test_the_same_facts_give_the_same_objections_after_json(capacity):
    everything = [fact for _, _, facts, _ in MUST_REFUSE for fact in facts]
    matter = replace(MATTER, colleagues=frozenset({"q"}), inspected=frozenset({"o", "t"}), complaint_id="x")
    facts = Facts(person="p", capacity=capacity, matter=matter).with_facts([*KNOWN, *everything])
    objections = judge(facts)
    assert objections
    again = judge(Facts.from_json(facts.as_json()))
    assert again == objections == [Objection.from_json(one.as_json()) for one in objections]


def test_more_facts_never_take_an_objection_away():
    everything = [fact for _, _, facts, _ in MUST_REFUSE for fact in facts]
    alone = set(ids(put(training())))
    assert alone <= set(ids(put(training(), *everything)))


def test_a_disclosed_tie_does_not_stand_in_the_way():
    objections = put(post(), post(person="c"), capacity="setter")
    assert ids(objections) == ["recusal.same_employer"] and allows(objections)
