"""The room record on paper, field by field, and the registration form of a suspected irregularity."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from exams import capacities, spelling
from exams.conduct.incidents import KINDS, MEASURES
from exams.conduct.models import Incident, RoomRecord
from exams.printing import Paper
from exams.sittings.accommodations import of_sitting
from exams.sittings.models import Sitting

OFFICIAL = "zh-hans"


def room_record(sitting: Sitting, row: RoomRecord) -> bytes:
    """One sheet per sitting; what is nothing is written as nothing, never left blank."""
    with translation.override(OFFICIAL):
        slot, figures = sitting.slot, row.figures
        paper = Paper(_("Room record"), number=slot.event.number, body=slot.event.body.name, language=OFFICIAL, example=slot.event.example)
        paper.title(under=slot.event.title)
        paper.pairs(_head(sitting, figures), label=27)
        paper.pairs(_counts(figures), columns=3, label=24)
        paper.pairs(
            [
                (_("Ticket numbers of absentees"), _or_none("、".join(figures["absentees"]))),
                (_("Late arrivals"), _or_none("、".join(f"{number} {_hour(at)}" for number, at in figures["late"]))),
                (
                    _("Identity check"),
                    _("%(n)s doubts") % {"n": figures["identity_doubts"]} if figures["identity_doubts"] else _("all matched"),
                ),
            ],
            columns=1,
            label=40,
        )
        paper.pairs(_papers(figures), columns=2, label=34)
        paper.pairs(_incidents(sitting), columns=1, label=40)
        paper.pairs([(_("More time granted"), _or_none("\n".join(_more_time(sitting))))], columns=1, label=40)
        paper.pairs(
            [(_("Other events"), _or_none(figures.get("other"))), (_("Chief’s opinion"), _or_none(figures.get("chief_opinion")))],
            columns=1,
            label=40,
        )
        paper.heading(_("Electronic signatures"))
        rows = [
            [
                signature.person.name,
                _(capacities.title(signature.capacity)),
                spelling.when(signature.at, seconds=True),
                signature.figures_digest[:24],
                signature.opinion,
            ]
            for signature in row.signatures.filter(figures_digest=row.figures_digest).select_related("person")
        ]
        paper.table([_("Name"), _("Capacity"), _("Signed at"), _("Digest of the figures"), _("Opinion")], rows, [2, 1.6, 2.6, 2.6, 2])
        paper.space(2)
        paper.draw(
            paper.width_mm, 28, lambda pen: (pen.qr(0, 0, 26, row.figures_digest), pen.lines(30, 8, _checking(row), paper.width_mm - 32, 9))
        )
        paper.signatures([_("Invigilator:"), _("Invigilator:"), _("Roving invigilator:"), _("Chief:")])
        return paper.render()


def _checking(row: RoomRecord) -> str:
    return _("Digest of the figures as signed: %(digest)s. The same digest stands in the journal of this installation.") % {
        "digest": row.figures_digest
    }


def _head(sitting: Sitting, figures: dict[str, Any]) -> list[tuple[str, Any]]:
    slot = sitting.slot
    actual = " — ".join(_hour(figures[name]) if figures[name] else "?" for name in ("started_at", "ended_at"))
    if not figures["started_at"] and not figures["ended_at"]:
        actual = _("as planned")
    return [
        (_("Examination and number"), f"{slot.event.title}（{slot.event.number}）"),
        (_("Venue"), slot.venue.name),
        (pgettext("place", "Room"), sitting.room.name),
        (_("Item and subject"), f"{slot.item.qualification.name_zh} {slot.subject_name}"),
        (_("Date of the examination"), spelling.day(slot.starts_at)),
        (_("Planned start and end"), f"{spelling.hour(slot.starts_at)} — {spelling.hour(slot.ends_at)}"),
        (_("Actual start and end"), actual),
        (_("Reason for a difference"), _or_none(figures["time_reason"])),
    ]


def _counts(figures: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(_("Expected"), figures["expected"]), (_("Present"), figures["present"]), (_("Absent"), figures["absent"])]


def _papers(figures: dict[str, Any]) -> list[tuple[str, Any]]:
    return [
        (_("Bag number and seal"), _or_none(" ".join(str(figures[name]) for name in ("bag_number", "bag_state") if figures.get(name)))),
        (_("Opened at, checked by"), _or_none(" ".join(str(figures[name]) for name in ("opened_at", "opened_by") if figures.get(name)))),
        (_("Papers received"), _or_none(figures.get("papers_received"))),
        (
            _("Used, spare, damaged"),
            _or_none(" / ".join(str(figures[n]) for n in ("papers_used", "papers_spare", "papers_damaged") if figures.get(n) is not None)),
        ),
        (
            _("Papers and answers collected"),
            _or_none(" / ".join(str(figures[n]) for n in ("papers_collected", "answers_collected") if figures.get(n) is not None)),
        ),
        (_("Bag seal after the exam"), _or_none(figures.get("return_seal"))),
    ]


def _incidents(sitting: Sitting) -> list[tuple[str, str]]:
    """The fields of the form that gather incidents, each in its own line."""
    rows: dict[str, list[str]] = {"machine": [], "toilet": [], "early": [], "irregular": [], "video": [], "other": []}
    for incident in sitting.incidents.exclude(state="withdrawn").select_related("place__application__person", "seat"):
        rows[_field(incident)].append(_line(incident))
    titles = {
        "machine": _("Machine changes"),
        "toilet": _("Toilet leave"),
        "early": _("Early hand-in"),
        "irregular": _("Irregularities (suspected)"),
        "video": _("Equipment and video faults"),
        "other": _("Other incidents"),
    }
    return [(title, _or_none("\n".join(rows[name]))) for name, title in titles.items()]


def _more_time(sitting: Sitting) -> list[str]:
    """Who was granted more minutes, by number. Nothing else of the arrangement: this sheet is read by more people than carry it out."""
    return [
        _("seat %(seat)s, %(number)s: %(n)s more minutes") % {"seat": place.seat.label, "number": place.ticket_number, "n": row.minutes}
        for place, row in of_sitting(sitting)
        if row.minutes
    ]


def _field(incident: Incident) -> str:
    kind = KINDS[incident.kind]
    named = {"machine_changed": "machine", "toilet": "toilet", "early_hand_in": "early"}
    if incident.kind in named:
        return named[incident.kind]
    return "irregular" if kind.irregularity else "video" if kind.group in ("video", "computers", "equipment") else "other"


def _line(incident: Incident) -> str:
    who = f"{incident.place.application.person.name} {incident.place.ticket_number} " if incident.place else ""
    seat = _("seat %(seat)s") % {"seat": incident.seat.label} + " " if incident.seat else ""
    ends = f"—{spelling.hour(incident.until, seconds=True)}" if incident.until else ""
    when = f"{spelling.hour(incident.since, seconds=True)}{ends}"
    return f"{incident.number} {when} {who}{seat}{_(KINDS[incident.kind].title)} {incident.text}".strip()


def irregularity_form(incident: Incident) -> bytes:
    """The registration form of one suspected irregularity, to be signed by hand as well."""
    with translation.override(OFFICIAL):
        sitting, place = incident.sitting, incident.place
        slot, kind = sitting.slot, KINDS[incident.kind]
        paper = Paper(
            _("Irregularity form"), number=incident.number, body=slot.event.body.name, language=OFFICIAL, example=slot.event.example
        )
        paper.title(under=slot.event.title)
        person = place.application.person if place else None
        paper.pairs(
            [
                (_("Venue"), slot.venue.name),
                (pgettext("place", "Room"), f"{sitting.room.name} {incident.seat.label if incident.seat else ''}"),
                (_("Candidate"), person.name if person else _or_none("")),
                (_("Ticket number"), place.ticket_number if place else _or_none("")),
                (_("Document number"), spelling.masked(person.id_number) if person else _or_none("")),
                (_("Found at"), spelling.when(incident.since, seconds=True)),
            ]
        )
        measures = "、".join(_(MEASURES[name]) for name in incident.measures)
        paper.pairs(
            [
                (_("Suspected breach of"), _(kind.title)),
                (_("Facts of the case"), _or_none(incident.text)),
                (_("Camera and interval"), _or_none(_interval(incident))),
                (_("Held items, receipt"), _or_none(" ".join([*incident.held_items, incident.receipt_number]))),
                (_("Measures on the spot"), _or_none(measures)),
                (_("Told to the candidate"), _or_none(incident.informed)),
                (_("Candidate’s statement"), _or_none(incident.statement)),
            ],
            columns=1,
            label=36,
        )
        rows = [
            [one["name"], _(capacities.title(one["capacity"])), spelling.when(datetime.fromisoformat(one["at"]), seconds=True)]
            for one in incident.signatures
        ]
        paper.table([_("Name"), _("Capacity"), _("Signed at")], rows)
        paper.signatures([_("Invigilator:"), _("Invigilator:"), _("Candidate (or note of refusal):"), _("Chief:")])
        return paper.render()


def _interval(incident: Incident) -> str:
    if not incident.camera_id:
        return ""
    return f"{incident.camera_id} {spelling.span(incident.since, incident.until or incident.since, seconds=True)}"


def _hour(text: str) -> str:
    return spelling.hour(datetime.fromisoformat(text), seconds=True)


def _or_none(value: Any) -> str:
    return _("none") if value in (None, "", []) else str(value)
