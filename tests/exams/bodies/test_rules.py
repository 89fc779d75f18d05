"""A body holds an event only inside its entrustment, and each way out of it is refused with its own reason."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.bodies.rules import Mandate, Paper, Standard, State, document_objections, objections_to_event, places_of

START, END = date(2026, 5, 16), date(2026, 5, 17)
MANDATE = Mandate(frozenset({"UT", "MT"}), ("临江考点", "望湖考点"), date(2026, 1, 1), date(2026, 12, 31))
STOPS = Standard(findings_block=True, source="s")
BODY = State("临江考试中心", (MANDATE,))


def ids(state=BODY, families=("UT",), place="临江考点", starts_on=START, ends_on=END):
    found = objections_to_event(state, families=families, place=place, starts_on=starts_on, ends_on=ends_on)
    return [objection.id for objection in found]


def test_inside_the_entrustment_nothing_is_said():
    assert ids(families=("UT", "MT"), place="临江考点、望湖考点（三楼）") == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"families": ("RT",)}, ["bodies.item"]),
        ({"families": ("RT", "PT", "UT")}, ["bodies.item", "bodies.item"]),
        ({"place": "云泽考点"}, ["bodies.place"]),
        ({"place": "临江考点、云泽考点"}, ["bodies.place"]),
        ({"ends_on": date(2027, 1, 1)}, ["bodies.period"]),
        ({"starts_on": date(2025, 12, 31)}, ["bodies.period"]),
        ({"state": State("B")}, ["bodies.no_entrustment"]),
        ({"state": State("B", (replace(MANDATE, in_force=False),))}, ["bodies.no_entrustment"]),
        ({"state": State("B", (MANDATE,), undecided_business=("Training", "Trade"))}, ["body.business_conflict"] * 2),
        ({"state": State("B", (MANDATE,), forbidden_business=("Training",))}, ["body.business_forbidden"]),
        ({"state": State("B", (MANDATE,), standard=Standard(full_time=3, source="s"), full_time=2)}, ["bodies.full_time"]),
        ({"state": State("B", (MANDATE,), standard=Standard(assessors=2, source="s"), assessors=1)}, ["bodies.assessors"]),
        ({"state": State("B", (MANDATE,), standard=STOPS, open_major_findings=1)}, ["bodies.findings_open"]),
    ],
)
def test_must_refuse(change, expected):
    assert ids(**change) == expected


@pytest.mark.parametrize(
    "state",
    [
        State("B", (MANDATE,), standard=Standard(full_time=3, source="s"), full_time=3),
        State("B", (MANDATE,), open_major_findings=4),
        State("B", (MANDATE,), full_time=0, assessors=0),
    ],
)
def test_the_lawful_neighbour_passes(state):
    assert ids(state=state) == []


@pytest.mark.parametrize(("candidates", "needed"), [(499, 2), (500, 4)])
def test_many_candidates_ask_for_more_assessors(candidates, needed):
    standard = Standard(assessors=2, many_candidates=500, assessors_if_many=4, source="s")
    for have in (needed - 1, needed):
        state = State("B", (MANDATE,), assessors=have, candidates_a_year=candidates, standard=standard)
        assert (ids(state=state) == []) is (have == needed)


@given(st.integers(-3, 3), st.integers(-3, 3))
def test_the_period_of_the_entrustment_includes_both_its_days(before, after):
    starts, ends = MANDATE.since + timedelta(days=before), MANDATE.until + timedelta(days=after)
    assert (ids(starts_on=starts, ends_on=ends) == []) is (before >= 0 and after <= 0)


def test_places_are_read_from_a_line():
    assert places_of("甲、乙；丙;丁，戊\n己、") == ["甲", "乙", "丙", "丁", "戊", "己"]


KINDS = {"video": "Video monitoring rules", "archive": "Archive rules"}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 1, 1), ["bodies.document_missing", "bodies.document_missing"]),
        (date(2026, 2, 1), ["bodies.document_missing"]),
        (date(2026, 12, 31), ["bodies.document_missing"]),
        (date(2027, 1, 1), ["bodies.document_missing", "bodies.document_expired"]),
    ],
)
def test_documents_missing_or_past_their_review_are_named(on, expected):
    papers = [Paper("video", date(2026, 2, 1), date(2026, 12, 31))]
    assert sorted(one.id for one in document_objections(papers, KINDS, on)) == sorted(expected)


def test_the_newest_version_counts_even_if_its_review_comes_sooner():
    papers = [Paper("video", date(2026, 2, 1), date(2030, 1, 1)), Paper("video", date(2026, 3, 1), date(2026, 4, 1))]
    found = document_objections(papers, {"video": "V"}, date(2026, 5, 1))
    assert [one.id for one in found] == ["bodies.document_expired"] and found[0].severity == "disclose"
