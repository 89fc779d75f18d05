"""Cases as files: whatever is wrong is named by its path, and nothing that is wrong passes as no ground."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.recusal import cases
from exams.recusal.facts import FIELD_OF, Facts
from exams.recusal.gathering import gather
from exams.recusal.rules import RULES, judge
from tests.exams.recusal.matters import employ, kin, matter
from tests.exams.recusal.test_facts import whole
from tests.exams.recusal.test_rules import DAY, KNOWN, MATTER, MUST_REFUSE, SIGNED

PLAIN = {"person": "p", "capacity": "invigilator", "matter": {"on": "2026-05-16", "candidates": ["c"]}}


def read(case) -> Facts:
    return cases.read(json.dumps(case).encode())


def faults(case) -> dict[str, str]:
    content = case if isinstance(case, bytes) else json.dumps(case).encode()
    with pytest.raises(cases.Faulty) as faulty:
        cases.read(content)
    return {fault.path: fault.text() for fault in faulty.value.faults}


def test_the_plainest_case_is_read_and_everybody_known_by_the_id():
    facts = read(PLAIN)
    assert facts.matter.on == DAY and {(one.id, one.key, one.name) for one in facts.known} == {("p", "p", "p"), ("c", "c", "c")}
    assert cases.answer(facts)["objections"] == [] and cases.answer(facts)["allowed"]


def test_kin_declared_by_ids_is_found():
    [objection] = cases.answer(read({**PLAIN, "kin": [{"person": "c", "relative": "p", "relation": "mother"}]}))["objections"]
    assert (objection["id"], objection["severity"], objection["waivable"]) == ("recusal.kin_of_candidate", "block", False)
    assert objection["text"] == "p is the mother of candidate c (direct blood relation)."


def test_what_is_only_disclosed_is_allowed():
    post = {"organisation": "o", "organisation_name": "O", "since": "2020-01-01"}
    case = {**PLAIN, "capacity": "setter", "employments": [{"person": one, **post} for one in "pc"]}
    answer = cases.answer(read(case))
    assert answer["allowed"] and [one["severity"] for one in answer["objections"]] == ["disclose"]


@pytest.mark.parametrize(("rule_id", "change", "facts", "capacities"), MUST_REFUSE)
def test_every_rule_answers_a_file_as_it_answers_here(rule_id, change, facts, capacities):
    matter = MATTER.__class__(**{name: change.get(name, getattr(MATTER, name)) for name in MATTER.__dataclass_fields__})
    told = Facts(person="p", capacity=sorted(capacities)[0], matter=matter).with_facts([*KNOWN, SIGNED, *facts])
    again = read(told.as_json())
    assert again.with_facts([]).digest() == again.digest()
    assert cases.answer(again)["objections"] and rule_id in {one["id"] for one in cases.answer(again)["objections"]}
    assert {one.id for one in judge(told)} == {one["id"] for one in cases.answer(again)["objections"]}


def test_every_rule_can_be_reached_by_a_file():
    assert {case[0] for case in MUST_REFUSE} | {"recusal.undeclared"} == {entry.id for entry in RULES}


def test_what_a_ruling_keeps_is_a_case(cast):
    staff, candidate = cast.person("甲", 1), cast.person("乙", 2)
    kin(staff, "son", candidate)
    employ(staff, cast.training_body)
    facts = gather([str(staff.pk)], "invigilator", matter(cast, candidate))[str(staff.pk)]
    again = read(facts.as_json())
    assert again == facts and cases.answer(again)["facts_digest"] == facts.digest()


def test_every_kind_of_fact_has_a_form():
    """One fact of each kind is read; a kind whose form this does not know would stop here."""
    assert set(read(whole().as_json()).known) > set(whole().known)
    assert {where.removesuffix("[*]") for where, _names, _meant in cases.shape()} == {
        "$", "$.matter", "$.policy", *(f"$.{name}" for name in FIELD_OF.values()),
    }  # fmt: skip


# ----------------------------------------------------------------------------------------------------------------- rubbish files

POST = {"person": "p", "organisation": "o", "organisation_name": "O", "since": "2020-01-01"}
ASKED = {"person": "p", "event_id": "", "body_id": "", "filed_on": "2026-01-01"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This is no JSON: line 1, column 1."),
        (b"{", "This is no JSON: line 1, column 2."),
        (b'{"person": "p",}', "This is no JSON"),
        (b"\xff\xfe\x00", "The file is not UTF-8 text."),
        (b"[" * 100_000, "The file is nested too deeply."),
        (b'{"person": NaN}', "A number in the file is none."),
        (b'{"person": ' + b"9" * 5000 + b"}", "A number in the file is none."),
        (b"[]", "An object is expected."),
        (b"null", "An object is expected."),
        (b'"p"', "An object is expected."),
    ],
)
def test_what_is_no_object_of_json(content, said):
    assert faults(content)["$"].startswith(said)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"capacity": "invigilater"}, "$.capacity"),
        ({"person": ""}, "$.person"),
        ({"person": 7}, "$.person"),
        ({"persons": []}, "$.persons"),
        ({"a b": 1}, '$["a b"]'),
        ({"matter": []}, "$.matter"),
        ({"matter": {"candidates": ["c"]}}, "$.matter.on"),
        ({"matter": {"on": "2026-02-30"}}, "$.matter.on"),
        ({"matter": {"on": "20260516"}}, "$.matter.on"),
        ({"matter": {"on": "9999-12-31"}}, "$.matter.on"),
        ({"matter": {"on": None}}, "$.matter.on"),
        ({"matter": {"on": "2026-05-16", "candidates": "c"}}, "$.matter.candidates"),
        ({"matter": {"on": "2026-05-16", "candidates": ["c", ["d"]]}}, "$.matter.candidates[1]"),
        ({"matter": {"on": "2026-05-16", "form": "writen"}}, "$.matter.form"),
        ({"policy": {"cooloff_years": True}}, "$.policy.cooloff_years"),
        ({"policy": {"cooloff_years": 0}}, "$.policy.cooloff_years"),
        ({"policy": {"cooloff_years": 3.5}}, "$.policy.cooloff_years"),
        ({"policy": {"severities": [["recusal.same_employer"]]}}, "$.policy.severities[0]"),
        ({"policy": {"severities": [["recusal.same_employer", "blok"]]}}, "$.policy.severities[0]"),
        ({"policy": {"severities": [["recusal.kin_of_candidate", "disclose"]]}}, "$.policy.severities[0]"),
        ({"known": [{"id": "p", "name": "P"}, {"id": "p", "name": "Q", "key": "k"}]}, "$.known[1].id"),
        ({"known": [{"id": "p", "name": "P", "sex": "m"}]}, "$.known[0].sex"),
        ({"kin": [{"person": "p", "relative": "c"}]}, "$.kin[0].relation"),
        ({"kin": [{"person": "p", "relative": "c", "relation": "son", "support": "yes"}]}, "$.kin[0].support"),
        ({"kin": {}}, "$.kin"),
        ({"concealed": [{"person": "P", "proved_on": "2026-01-01"}]}, "$.concealed[0].person"),
        ({"hands": [{"person": "p", "part": "wrote", "number": "Q"}]}, "$.hands[0].part"),
        ({"requested": [{**ASKED, "state": "open"}]}, "$.requested[0].state"),
        ({"employments": [{**POST, "kind": "training"}]}, "$.employments[0].kind"),
        ({"employments": [{**POST, "until": "2019-12-31"}]}, "$.employments[0].until"),
        ({"doubts": [{"person": "p", "who": "p", "named": "P", "employment": {**POST, "person": "z"}}]}, "$.doubts[0].employment.person"),
    ],
)
def test_each_fault_is_named_by_its_path(change, path):
    assert list(faults({**PLAIN, **change})) == [path]


def test_all_faults_are_told_at_once():
    found = faults({"capacity": 1, "matter": {"on": "x", "y": 1}, "kin": [{}, 3], "trainings": None})
    assert set(found) == {
        "$.person", "$.capacity", "$.matter.on", "$.matter.y", "$.kin[0].person", "$.kin[0].relative", "$.kin[0].relation", "$.kin[1]",
        "$.trainings",
    }  # fmt: skip


def test_a_name_that_stands_twice_is_a_fault():
    content = b'{"person": "p", "person": "q", "capacity": "chief", "matter": {"on": "2026-05-16"}}'
    assert faults(content) == {"$.person": "This name stands here twice."}


PLAINEST = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(PLAINEST, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_rubbish_is_refused_and_never_breaks(rubbish):
    for case in (rubbish, {**PLAIN, "kin": rubbish}, {**PLAIN, "matter": rubbish}, {**PLAIN, "policy": rubbish}):
        try:
            assert isinstance(read(case), Facts)
        except cases.Faulty as faulty:
            assert faulty.faults and all(fault.path.startswith("$") and fault.text() for fault in faulty.faults)


@given(st.binary(max_size=40))
def test_any_bytes_are_refused_and_never_break(content):
    with pytest.raises(cases.Faulty):
        cases.read(content)


def test_the_days_that_are_read_are_those_the_rules_can_count_with():
    for day in (cases.FIRST, cases.LAST):
        post = {"organisation": "o", "organisation_name": "O", "family": "UT", "since": str(day), "until": str(day)}
        case = {**PLAIN, "matter": {"on": str(day), "family": "UT"}, "trainings": [{"person": "p", **post}]}
        case |= {"policy": {"cooloff_years": 30}, "concealed": [{"person": "p", "proved_on": str(day)}]}
        assert len(cases.answer(read(case))["objections"]) == 2
