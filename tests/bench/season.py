"""The season of a country, made up: candidates, staff, sittings, duties and what is on record about everybody, copied into PostgreSQL.

Sparse as life is: most declarations name people unknown here, most trainers train other families or long ago, and hardly any duty
meets a ground. SEASON_SCALE=1 is 200,000 candidates, 20,000 staff, 5,000 sittings and about two million facts.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, models

from exams.applications.models import Application
from exams.catalogue.models import Edition, Qualification
from exams.encryption import encrypt_bytes
from exams.interests.models import Attendance, Authorship, Concealment, Course, Declaration, Dispute, TrainingEngagement
from exams.keys import uuid7
from exams.people.models import Employment, KinEdge, Organisation, Person
from exams.programme.models import Event, EventItem
from exams.recusal.models import RecusalRequest
from exams.sittings.models import Draw, Duty, Place, Room, Seat, Sitting, TimeSlot, Venue
from question_bank.assembly.models import Contribution, Paper, PaperSlot
from question_bank.blueprints.models import Blueprint

FAMILIES = ["UT", "RT", "MT", "PT", "ECT", "AE", "TOFD", "BOILER", "VESSEL", "PIPING", "LIFT", "CRANE", "RIDE", "ROPEWAY"]
PROVINCES, ROOMS, SEATS, SLOTS = 31, 5, 40, 4  # of an event: slots, each in so many rooms, each with so many seats
RELATIONS = ["father", "mother", "wife", "husband", "son", "daughter", "brother", "sister"]
NOW = datetime.now(UTC)
TODAY = NOW.date()


def copy(model: type[models.Model], rows: Iterable[dict]) -> int:
    """Rows by attribute name into a table, the rest as the model's defaults; how many there were."""
    columns = list(model._meta.concrete_fields)
    plain = {}
    for field in columns:
        value = None if field.primary_key else field.get_default()
        plain[field.attname] = json.dumps(value) if isinstance(field, models.JSONField) else value
    names = ", ".join(f'"{field.column}"' for field in columns)
    number = 0
    with connection.cursor() as cursor, cursor.cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as sink:
        for row in rows:
            row.setdefault("id", uuid7())
            sink.write_row([row.get(field.attname, plain[field.attname]) for field in columns])
            number += 1
    return number


class Season:
    """Everything by its numbers; the same seed makes the same season."""

    def __init__(self, scale: float) -> None:
        self.chance = random.Random(20260302)
        self.events = max(2, round(250 * scale))
        self.per_event = SLOTS * ROOMS * SEATS
        self.candidates = [uuid7() for _ in range(self.events * self.per_event)]
        self.staff = [uuid7() for _ in range(max(200, round(20_000 * scale)))]
        self.facts = 0

    def make(self) -> None:
        self._organisations()
        self._people()
        self._timetable()
        for facts in (self._posts, self._kin, self._training, self._writing, self._declarations, self._trouble):
            self.facts += facts()
        self._papers()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    # ------------------------------------------------------------------------------------------------------ who there is

    def _organisations(self) -> None:
        kinds = {"issuing_authority": 1, "exam_body": PROVINCES, "employer": max(40, self.events * 12), "training_body": 120}
        self.of: dict[str, list] = {kind: [uuid7() for _ in range(number)] for kind, number in kinds.items()}
        numbered = [(kind, id) for kind, ids in self.of.items() for id in ids]
        copy(
            Organisation,
            ({"id": id, "kind": kind, "name": f"{kind} {n}", "credit_code": f"{n:018d}"} for n, (kind, id) in enumerate(numbered)),
        )

    def _people(self) -> None:
        self.people = [*self.staff, *self.candidates]
        self.key = {id: f"{n:064x}" for n, id in enumerate(self.people)}
        names = (
            {"id": id, "name": f"人{n}", "name_key": f"ren{n}", "name_match": f"人{n}", "sex": ("male", "female")[n % 2]}
            for n, id in enumerate(self.people)
        )
        copy(Person, ({**row, "birth_date": date(1980, 1, 1), "id_number": "", "id_index": self.key[row["id"]]} for row in names))

    # ------------------------------------------------------------------------------------------------- when and where they meet

    def _timetable(self) -> None:
        quals = {family: uuid7() for family in FAMILIES}
        editions = {family: uuid7() for family in FAMILIES}
        copy(
            Qualification,
            ({"id": id, "code": family, "name_zh": family, "regulation": "R", "family": family} for family, id in quals.items()),
        )
        values = json.dumps({"subjects": []})
        given = {"version": "1", "effective_from": date(2020, 1, 1), "state": "in_force", "values": values, "entered_at": NOW}
        copy(Edition, ({"id": editions[family], "qualification_id": id, **given} for family, id in quals.items()))
        self._places()
        rows: dict[type, list[dict]] = {kind: [] for kind in (Event, EventItem, TimeSlot, Sitting, Application, Place, Draw, Duty)}
        self.served: list[tuple] = []  # person, event, body
        self.slots: list[tuple] = []  # slot, family, body
        for number in range(self.events):
            self._event(number, quals, editions, rows)
        for kind, some in rows.items():
            copy(kind, some)

    def _places(self) -> None:
        self.venue = {body: uuid7() for body in self.of["exam_body"]}
        copy(Venue, ({"id": id, "body_id": body, "name": "V", "address": "A"} for body, id in self.venue.items()))
        self.rooms = {body: [uuid7() for _ in range(ROOMS)] for body in self.venue}
        self.seats = {room: [uuid7() for _ in range(SEATS)] for rooms in self.rooms.values() for room in rooms}
        copy(
            Room,
            ({"id": id, "venue_id": self.venue[body], "name": f"R{n}"} for body, ids in self.rooms.items() for n, id in enumerate(ids)),
        )
        copy(
            Seat,
            (
                {"id": id, "room_id": room, "label": str(n), "x_mm": 0, "y_mm": 0}
                for room, ids in self.seats.items()
                for n, id in enumerate(ids)
            ),
        )

    def _event(self, number: int, quals: dict, editions: dict, rows: dict[type, list[dict]]) -> None:
        """Two items, two slots each; every fourth event is not drawn yet, so that everybody admitted counts for each of its duties."""
        body = self.of["exam_body"][number % PROVINCES]
        drawn = number % 4 != 0
        first = TODAY + timedelta(days=14 + 7 * (number // PROVINCES))
        event = uuid7()
        days = {
            "starts_on": first,
            "ends_on": first + timedelta(1),
            "apply_from": TODAY - timedelta(60),
            "apply_until": TODAY - timedelta(1),
        }
        state = "arranged" if drawn else "applications_closed"
        rows[Event].append(
            {
                "id": event,
                "body_id": body,
                "number": str(number),
                "title": str(number),
                "state": state,
                "place": "P",
                "method": "paper",
                "contact": "C",
                **days,
            }
        )
        families = self.chance.sample(FAMILIES, 2)
        crew = iter(self.chance.sample(self._staff_of(number), min(len(self._staff_of(number)), SLOTS * (4 + 3 * ROOMS))))
        for half, family in enumerate(families):
            item = uuid7()
            rows[EventItem].append({"id": item, "event_id": event, "qualification_id": quals[family], "edition_id": editions[family]})
            start = number * self.per_event + half * self.per_event // 2
            people = self.candidates[start : start + self.per_event // 2]
            applied = [(uuid7(), person) for person in people]
            for at, (application, person) in enumerate(applied):
                rows[Application].append({
                    "id": application, "body_id": body, "event_id": event, "item_id": item, "person_id": person, "number": f"{start + at}",
                    "employer_id": self._employer(), "state": "approved", "created_at": NOW, "edition_id": editions[family],
                })  # fmt: skip
            for turn in range(SLOTS // 2):
                sit = applied[turn * ROOMS * SEATS : (turn + 1) * ROOMS * SEATS] if drawn else []
                self._slot((event, body, item, family, first + timedelta(half), turn), sit, crew, rows)

    def _slot(self, what: tuple, sit: list, crew: Iterator, rows: dict[type, list[dict]]) -> None:
        event, body, item, family, day, turn = what
        slot, state = uuid7(), "published" if sit else "planned"
        starts = datetime.combine(day, time(1 + 5 * turn), UTC)
        hours = {"starts_at": starts, "ends_at": starts + timedelta(hours=2)}
        form = "practical" if turn else "theory"
        rows[TimeSlot].append(
            {
                "id": slot,
                "event_id": event,
                "item_id": item,
                "subject": "theory",
                "form": form,
                "venue_id": self.venue[body],
                "state": state,
                **hours,
            }
        )
        self.slots.append((slot, family, body))
        if sit:
            given = {"algorithm": "x", "pool": "{}", "pool_digest": "", "opened_at": NOW, "drawn_by": "", "seed": "s"}
            rows[Draw].append({"event_id": event, "slot_id": slot, "kind": "seats", "about": str(slot), "state": "drawn", **given})

        def serve(capacity: str, sitting: object = None) -> None:
            person = next(crew)
            self.served.append((person, event, body))
            given = {
                "slot_id": slot,
                "sitting_id": sitting,
                "person_id": person,
                "capacity": capacity,
                "state": "released",
                "thread": uuid7(),
            }
            rows[Duty].append({**given, **hours})

        for capacity in ("chief", "roving_invigilator", "technician", "video_monitor"):
            serve(capacity)
        for n, room in enumerate(self.rooms[body]):
            sitting = uuid7()
            rows[Sitting].append({"id": sitting, "slot_id": slot, "room_id": room, "state": state, **hours})
            for capacity in ("assessor" if turn else "invigilator",) * 2 + ("identity_officer",):
                serve(capacity, sitting)
            for seat, (application, _person) in zip(self.seats[room], sit[n * SEATS : (n + 1) * SEATS], strict=False):
                ticket = {"ticket_number": application.hex, "ticket_state": "issued"}
                rows[Place].append({"slot_id": slot, "sitting_id": sitting, "seat_id": seat, "application_id": application, **ticket})

    def _staff_of(self, number: int) -> list:
        """The pool of a province: each serves about once in the season."""
        share = max(SLOTS * (4 + 3 * ROOMS), len(self.staff) // PROVINCES)
        start = (number % PROVINCES) * share % max(1, len(self.staff) - share + 1)
        return self.staff[start : start + share]

    def _employer(self) -> object:
        """Some employers are large: a tenth of those who send people sends half of them. One in three employers sends nobody."""
        senders = self.of["employer"][: len(self.of["employer"]) * 2 // 3]
        return self.chance.choice(senders[: len(senders) // 10] if self.chance.random() < 0.5 else senders)

    def _place_of_staff(self, number: int) -> object:
        """Whoever is on duty was cleared, so that few are employed where the candidates are: those who came there since."""
        if self.chance.random() < 0.2:
            return self.of["exam_body"][number % PROVINCES]
        return (
            self._employer()
            if self.chance.random() < 0.02
            else self.chance.choice(self.of["employer"][len(self.of["employer"]) * 2 // 3 :])
        )

    # ---------------------------------------------------------------------------------------------------- what is on record

    def _posts(self) -> int:
        def rows() -> Iterator[dict]:
            for number, person in enumerate(self.people):
                since = date(2012, 1, 1)
                for _past in range(self.chance.randint(1, 3)):
                    until = since + timedelta(days=self.chance.randint(300, 1100))
                    yield {"person_id": person, "organisation_id": self._employer(), "since": since, "until": until}
                    since = until + timedelta(days=1)
                place = self._place_of_staff(number) if number < len(self.staff) else self._employer()
                yield {"person_id": person, "organisation_id": place, "since": since, "until": None}

        return copy(Employment, rows())

    def _kin(self) -> int:
        """Staff name four relatives, candidates one or two; one in two hundred of those named is known here."""

        def rows() -> Iterator[dict]:
            for number, person in enumerate(self.people):
                named = 4 if number < len(self.staff) else self.chance.randint(0, 3)
                for relation in self.chance.sample(RELATIONS, named):
                    known = self.chance.random() < 0.005
                    key = self.key[self.chance.choice(self.people)] if known else f"f{self.chance.getrandbits(250):063x}"
                    yield {"person_id": person, "relative_index": key, "relative_name": "", "relation": relation, "declared_on": TODAY}

        return copy(KinEdge, rows())

    def _training(self) -> int:
        """One in ten of the staff has trained, mostly long ago or for other families; each candidate attended four courses or so."""
        trainers = [
            *self.chance.sample(self.staff, len(self.staff) // 10),
            *self.chance.sample(self.candidates, len(self.candidates) // 20),
        ]
        courses, engagements = [], []
        for trainer in trainers:
            for _ in range(4):
                since = TODAY - timedelta(days=self.chance.randint(200, 4000))
                held = {"family": self.chance.choice(FAMILIES), "since": since, "until": since + timedelta(days=10), "recorded_at": NOW}
                held |= {"organisation_id": self.chance.choice(self.of["training_body"])}
                course = uuid7() if self.chance.random() < 0.5 else None
                if course:
                    courses.append({"id": course, "number": course.hex, "title": "T", **held})
                engagements.append({"id": uuid7(), "person_id": trainer, "held_in_id": course, **held})

        def present() -> Iterator[dict]:
            for person in self.candidates:
                for row in self.chance.sample(engagements, self.chance.randint(3, 5)):
                    where = {"course_id": row["held_in_id"]} if row["held_in_id"] else {"engagement_id": row["id"]}
                    yield {"trainee_id": person, "recorded_at": NOW, **where}

        return copy(Course, courses) + copy(TrainingEngagement, engagements) + copy(Attendance, present())

    def _writing(self) -> int:
        def rows() -> Iterator[dict]:
            for person in self.people[:: max(1, len(self.people) // (len(self.people) // 8))]:
                day = TODAY - timedelta(days=self.chance.randint(100, 6000))
                yield {"person_id": person, "title": "T", "family": self.chance.choice(FAMILIES), "published_on": day, "recorded_at": NOW}

        return copy(Authorship, rows())

    def _declarations(self) -> int:
        """Everybody on duty has signed for the event, but for one in a thousand; and signed for earlier ones."""
        none = dict.fromkeys(("own", "kin", "training", "authorship", "same_unit", "other"), False) | {"none": True}

        def rows() -> Iterator[dict]:
            earlier = [uuid7() for _ in range(self.events)]
            before = [(person, one, body) for person, _event, body in self.served for one in self.chance.sample(earlier, 3)]
            for person, one, body in dict.fromkeys([*self.served, *before]):
                if self.chance.random() < 0.999:
                    id = uuid7()
                    answers = encrypt_bytes(json.dumps(none).encode(), f"{Declaration._meta.db_table}.answers:{id}")
                    yield {
                        "id": id, "person_id": person, "event_id": one, "event_text": "E", "body_id": body, "digest": "0" * 64,
                        "answers": base64.b64encode(answers).decode(), "signed_at": NOW, "state": "signed",
                    }  # fmt: skip

        return copy(Declaration, rows())

    def _trouble(self) -> int:
        some = self.chance.sample(self.people, len(self.people) // 20)
        day = {"since": TODAY - timedelta(days=300), "recorded_at": NOW}
        disputes = ({"person_id": one, "other_person_id": self.chance.choice(self.people), **day} for one in some)
        hidden = ({"person_id": one, "proved_on": date(2019, 1, 1), "rule_id": "x", "recorded_at": NOW} for one in some[::20])
        asked = [(one, self.chance.choice(self.of["exam_body"])) for one in some[::10]]
        requests = ({"person_id": one, "body_id": body, "filed_on": TODAY, "state": "refused", "reason": "x"} for one, body in asked)
        return copy(Dispute, disputes) + copy(Concealment, hidden) + copy(RecusalRequest, requests)

    def _papers(self) -> None:
        """A paper for each slot, with eight hands in it; setters are no staff of sittings, but for a few."""
        made = {"made_at": NOW, "made_by_id": self.staff[0]}
        blueprint = uuid7()
        copy(Blueprint, [{"id": blueprint, "organisation_id": self.of["exam_body"][0], "family": "UT", "title": "B", **made}])
        papers, slots, hands = [], [], []
        for number, (slot, family, body) in enumerate(self.slots):
            paper = uuid7()
            papers.append({
                "id": paper, "organisation_id": body, "number": f"P{number}", "family": family, "title": "T", "blueprint_id": blueprint,
                "full_marks": 100, "seed_commitment": "", "state": "assigned", "drawn_by_id": self.chance.choice(self.staff[-500:]), "drawn_at": NOW,  # noqa: E501
            })  # fmt: skip
            slots.append({"paper_id": paper, "slot_id": slot})
            setters = self.chance.sample(self.staff[-500:], 8)
            hands += [{"paper_id": paper, "person_id": one, "part": "set"} for one in setters]
        copy(Paper, papers)
        copy(PaperSlot, slots)
        copy(Contribution, hands)
