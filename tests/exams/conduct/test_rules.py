"""The door and the sums of the record, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from exams.conduct.incidents import GROUPS, KINDS
from exams.conduct.rules import AtDoor, at_the_door, entry_closes, record_faults

NINE = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
CLOSES = entry_closes(NINE, 30)
WELCOME = AtDoor(genuine=True, here=True, current=True, ticket_state="printed")


def answer(seen: AtDoor, minutes: int = 0) -> str:
    found = at_the_door(seen, now=NINE + timedelta(minutes=minutes), closes=CLOSES, closes_text="09:30")
    return found.id if found else "welcome"


@pytest.mark.parametrize(
    ("change", "minutes", "expected"),
    [
        ({}, 0, "welcome"),
        ({}, 30, "welcome"),
        ({}, 31, "door.late"),
        ({"genuine": False}, 0, "door.forged"),
        ({"genuine": False, "here": False, "answered": "present"}, 99, "door.forged"),
        ({"here": False, "right_room": "第2考场", "right_seat": "07"}, 0, "door.wrong_room"),
        ({"here": False, "same_slot": False}, 0, "door.wrong_time"),
        ({"answered": "present", "answered_by": "x"}, 0, "door.already"),
        ({"answered": "absent"}, 0, "door.late"),
        ({"answered": "late"}, 0, "door.late"),
        ({"answered": "mismatch"}, 0, "door.mismatch"),
        ({"current": False}, 0, "door.ticket_dead"),
        ({"ticket_state": "void"}, 0, "door.ticket_dead"),
        ({"ticket_state": "lapsed"}, 0, "door.ticket_dead"),
    ],
)
def test_the_door_answers(change, minutes, expected):
    assert answer(AtDoor(**{**WELCOME.__dict__, **change}), minutes) == expected


def figures(**change):
    return {"expected": 5, "present": 4, "absent": 1, "absentees": ["1"], **change}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"present": 5}, ["record.count"]),
        ({"absentees": []}, ["record.absentees"]),
        ({"papers_received": 6, "papers_used": 4, "papers_spare": 2, "papers_damaged": 0, "answers_collected": 4}, []),
        ({"papers_received": 6, "papers_used": 4, "papers_spare": 1, "papers_damaged": 0, "answers_collected": 4}, ["record.papers"]),
        ({"papers_received": 6}, ["record.papers", "record.answers"]),
        ({"papers_received": 6, "papers_used": 4, "papers_spare": 2, "papers_damaged": 0, "answers_collected": 3}, ["record.answers"]),
    ],
)
def test_the_record_adds_up(change, expected):
    assert [objection.id for objection in record_faults(figures(**change))] == expected


def test_every_kind_of_incident_belongs_to_a_named_group():
    assert {kind.group for kind in KINDS.values()} == set(GROUPS)
    assert len(KINDS) == len({kind.title for kind in KINDS.values()})
