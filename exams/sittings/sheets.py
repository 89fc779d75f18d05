"""Everything printed for a sitting: tickets, door notice, desk labels, signature list, seat plan, roster, draw record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from exams import capacities, spelling
from exams.printing import Paper, Pen
from exams.sittings import photos, queries
from exams.sittings.models import Draw, Duty, Place, Sitting, TimeSlot
from exams.sittings.plan import rows_of
from exams.verdicts import gettext_noop

OFFICIAL = "zh-hans"
QR_MM = 34
LABELS = (2, 5)  # across, down


def _paper(slot: TimeSlot, title: str, number: str, **more: Any) -> Paper:
    event = slot.event
    return Paper(title, number=number, body=event.body.name, language=OFFICIAL, example=event.example, **more)


def _subject(slot: TimeSlot) -> str:
    return f"{slot.item.qualification.name_zh} {slot.subject_name}"


def _held(sitting: Sitting) -> list[Place]:
    held = sitting.places.filter(state="held").select_related("seat", "application__person", "application__employer", "sitting__room")
    return list(held.order_by("seat__label"))


# ---- Admission tickets ------------------------------------------------------


def tickets(places: Sequence[Place], *, reprint: int = 0) -> bytes:
    """One page per place, in the order given: for one candidate, or for a whole room."""
    with translation.override(OFFICIAL):
        slot = places[0].slot
        paper = _paper(slot, _("Admission ticket"), "", reprint=reprint, counted=len(places) == 1)
        for number, place in enumerate(places):
            if number:
                paper.new_page()
            _ticket(paper, place)
        return paper.render()


def _ticket(paper: Paper, place: Place) -> None:
    slot, person = place.slot, place.application.person
    paper.title(_("Admission ticket"), slot.event.title)
    paper.draw(paper.width_mm, 42, lambda pen: _ticket_head(pen, place, paper.width_mm))
    paper.space(3)
    paper.pairs(
        [
            (_("Name"), person.name),
            (_("Ticket number"), place.ticket_number),
            (_("Document"), person.get_document_type_display()),
            (_("Document number"), spelling.masked(person.id_number)),
            (_("Employer"), place.application.employer.name if place.application.employer else "—"),
            (_("Exam category"), place.application.get_category_display()),
            (_("Item and subject"), _subject(slot)),
            (_("Time"), spelling.span(slot.starts_at, slot.ends_at)),
            (_("Venue"), slot.venue.name),
            (_("Room and seat"), _("%(room)s, seat %(seat)s") % {"room": place.sitting.room.name, "seat": place.seat.label}),
        ],
        label=26,
    )
    paper.pairs([(_("Address"), f"{slot.venue.address} {slot.venue.way_in}")], columns=1, label=26)
    paper.heading(_("Notice to candidates"))
    paper.items(_notice(place))


def _ticket_head(pen: Pen, place: Place, width: float) -> None:
    pen.qr(0, 2, QR_MM, queries.token_of(place))
    pen.text(QR_MM + 4, 10, place.application.person.name, 18, bold=True, within=width - QR_MM - 38)
    pen.text(QR_MM + 4, 18, place.ticket_number, 12)
    pen.text(QR_MM + 4, 28, place.sitting.room.name, 14, bold=True, within=60)
    pen.text(QR_MM + 4, 36, _("seat %(seat)s") % {"seat": place.seat.label}, 14, bold=True)
    picture = photos.content(place)
    if picture:
        pen.image(width - 26, 2, 25, 35, picture)
    else:
        pen.box(width - 26, 2, 25, 35, dash=True)
        pen.text(width - 13.5, 20, _("Photo"), 9, align="centre", grey=0.4)


def _notice(place: Place) -> list[str]:
    slot = place.slot
    closes = spelling.hour(slot.starts_at + queries.late_entry(slot))
    return [
        _("Bring this ticket and the original of the identity document named above. Without both you are not admitted."),
        _("Entry closes at %(closes)s. After that nobody is admitted.") % {"closes": closes},
        _("Sit at the seat named on this ticket. Seats were drawn at random; nobody may change them on the spot."),
        _("Telephones, watches, bands and papers of your own stay outside the room. Taking them to the seat is an irregularity."),
        _("The room is under video monitoring from admission until the answers are sealed. The recording is kept as evidence."),
        _("Follow the invigilators. Irregularities are recorded and decided upon by the rules of the examination; you will be heard."),
        _("The code above contains no personal data. It is valid once; a copied ticket does not admit a second person."),
    ]


# ---- For the room -----------------------------------------------------------


def door_notice(sitting: Sitting) -> bytes:
    """The sheet at the door: what is examined here, whose numbers belong here, and where the seats are."""
    with translation.override(OFFICIAL):
        slot, places = sitting.slot, _held(sitting)
        paper = _paper(slot, _("Door notice"), "")
        paper.title(sitting.room.name, slot.event.title)
        numbers = sorted(place.ticket_number for place in places)
        paper.pairs(
            [
                (_("Item and subject"), _subject(slot)),
                (_("Time"), spelling.span(slot.starts_at, slot.ends_at)),
                (_("Ticket numbers"), f"{numbers[0]} — {numbers[-1]}" if numbers else "—"),
                (_("Number of candidates"), _("%(n)s people") % {"n": len(places)}),
            ],
            label=28,
            size=12,
        )
        paper.space(4)
        _plan(paper, sitting, places, named=False, height=130)
        paper.space(3)
        paper.text(_("This room is under video monitoring for the whole examination."), 12, bold=True, align="centre")
        return paper.render()


def desk_labels(sitting: Sitting) -> bytes:
    """Two by five labels to a page, with marks to cut along."""
    with translation.override(OFFICIAL):
        slot, places = sitting.slot, _held(sitting)
        paper = _paper(slot, _("Desk labels"), sitting.room.name)
        across, down = LABELS
        wide, high = paper.width_mm / across, 50.0
        for start in range(0, len(places), across * down):
            if start:
                paper.new_page()
            page = places[start : start + across * down]
            paper.draw(
                paper.width_mm,
                high * down,
                lambda pen, page=page: [_label(pen, place, index, wide, high) for index, place in enumerate(page)],
            )
        return paper.render()


def _label(pen: Pen, place: Place, index: int, wide: float, high: float) -> None:
    across = LABELS[0]
    x, y = index % across * wide, index // across * high
    pen.box(x, y, wide, high, weight=0.3, dash=True)
    pen.text(x + 6, y + 21, place.seat.label, 40, bold=True)
    pen.text(x + 32, y + 13, place.application.person.name, 16, bold=True, within=wide - 36)
    pen.text(x + 32, y + 21, place.ticket_number, 11)
    pen.text(x + 6, y + 33, _subject(place.slot), 10, within=wide - 12)
    pen.text(x + 6, y + 40, _("Form %(form)s") % {"form": place.form}, 10)
    pen.code128(x + 32, y + 36, wide - 40, 8, place.ticket_number)


def signature_list(sitting: Sitting) -> bytes:
    """The attendance sheet: pre-filled, signed by hand."""
    with translation.override(OFFICIAL):
        slot, places = sitting.slot, _held(sitting)
        paper = _paper(slot, _("Attendance sheet"), sitting.room.name)
        paper.title(under=slot.event.title)
        paper.pairs(_head(sitting), label=26)
        paper.space(3)
        head = [_("No."), _("Seat"), _("Ticket number"), _("Name"), _("Candidate’s signature"), _("Time of entry"), _("Remarks")]
        rows = [
            [number, place.seat.label, place.ticket_number, place.application.person.name, "", "", ""]
            for number, place in enumerate(places, 1)
        ]
        paper.table(
            head, rows, [0.6, 0.7, 1.9, 2.2, 2.2, 1.1, 1.6], ["right", "centre", "left", "left", "left", "left", "left"], row_height=10
        )
        paper.space(3)
        paper.pairs([(_("Expected"), len(places)), (_("Present"), ""), (_("Absent"), "")], columns=3, label=22)
        paper.signatures([_("Invigilator:"), _("Invigilator:")])
        return paper.render()


def seat_plan(sitting: Sitting) -> bytes:
    """The seating chart with the seed, to be signed and filed."""
    with translation.override(OFFICIAL):
        slot, places = sitting.slot, _held(sitting)
        draw = queries.draw_in_force(slot)
        paper = _paper(slot, _("Seating chart"), sitting.room.name)
        paper.title(under=f"{slot.event.title}　{sitting.room.name}")
        paper.pairs(_head(sitting), label=24)
        paper.space(2)
        _plan(paper, sitting, places, named=True, height=150)
        if draw:
            paper.note(
                _("Drawn at random on %(at)s. Seed %(seed)s; digest of the pool %(pool)s; digest of the result %(result)s.")
                % {
                    "at": spelling.when(draw.drawn_at, seconds=True),
                    "seed": draw.seed,
                    "pool": draw.pool_digest[:16],
                    "result": draw.result_digest[:16],
                }
            )
        paper.signatures([_("Arranged by:"), _("Checked by:")])
        return paper.render()


def _head(sitting: Sitting) -> list[tuple[str, Any]]:
    slot = sitting.slot
    return [
        (_("Venue"), slot.venue.name),
        (pgettext("place", "Room"), sitting.room.name),
        (_("Item and subject"), _subject(slot)),
        (_("Time"), spelling.span(slot.starts_at, slot.ends_at)),
    ]


def _plan(paper: Paper, sitting: Sitting, places: Iterable[Place], *, named: bool, height: float) -> None:
    """The room to scale, fitted into a box; the front is at the top."""
    room, held = sitting.room, {place.seat_id: place for place in places}
    corners = room.plan.get("outline", [])
    wide, deep = max((x for x, _y in corners), default=1), max((y for _x, y in corners), default=1)
    scale = min(paper.width_mm / wide, (height - 4) / deep)
    left = (paper.width_mm - wide * scale) / 2

    def paint(pen: Pen) -> None:
        for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
            pen.line(left + x1 * scale, 2 + y1 * scale, left + x2 * scale, 2 + y2 * scale, weight=1.4)
        for pillar in room.plan.get("pillars", []):
            pen.box(left + pillar["x"] * scale, 2 + pillar["y"] * scale, pillar["w"] * scale, pillar["d"] * scale, fill=0.75)
        _furniture(pen, room.plan, left, scale)
        w, h = _seat_size(room, scale)
        for row in rows_of(room.seats.all()):
            for seat in row:
                _seat(pen, seat, held.get(seat.pk), (left + seat.x_mm * scale - w / 2, 2 + seat.y_mm * scale - h / 2, w, h), named)

    paper.draw(paper.width_mm, deep * scale + 4, paint)


def _furniture(pen: Pen, plan: dict[str, Any], left: float, scale: float) -> None:
    desk, door = plan.get("desk"), plan.get("door")
    if desk:
        x, y, w, d = (desk[key] * scale for key in ("x", "y", "w", "d"))
        pen.box(left + x, 2 + y, w, d, fill=0.9)
        pen.text(left + x + w / 2, 2 + y + d / 2 + 1.2, _("Front desk"), 8, align="centre")
    if door:
        (x1, y1), (x2, y2) = door
        pen.line(left + x1 * scale, 2 + y1 * scale, left + x2 * scale, 2 + y2 * scale, weight=4)
        pen.text(left + min(x1, x2) * scale + 2, 2 + (y1 + y2) / 2 * scale, _("Door"), 8)


def _seat_size(room: Any, scale: float) -> tuple[float, float]:
    xs, ys = sorted({seat.x_mm for seat in room.seats.all()}), sorted({seat.y_mm for seat in room.seats.all()})
    across = min((b - a for a, b in zip(xs, xs[1:], strict=False) if b - a >= 300), default=1400)
    along = min((b - a for a, b in zip(ys, ys[1:], strict=False) if b - a >= 300), default=1300)
    return across * scale * 0.86, min(along * scale * 0.8, 14)


def _seat(pen: Pen, seat: Any, place: Place | None, box: tuple[float, float, float, float], named: bool) -> None:
    x, y, w, h = box
    pen.box(x, y, w, h, dash=place is None)
    pen.text(x + 1.2, y + h * 0.42, seat.label, 9, bold=True)
    if place is None:
        pen.text(x + w / 2, y + h * 0.8, _("spare") if seat.spare else _("empty"), 7, align="centre", grey=0.4)
    elif named:
        pen.text(x + w - 1.2, y + h * 0.42, place.form, 8, align="right")
        pen.text(x + w / 2, y + h * 0.85, place.application.person.name, 9, align="centre", within=w - 2)
    else:
        pen.text(x + w / 2, y + h * 0.85, place.ticket_number, 7, align="centre", within=w - 2)


# ---- For the office ---------------------------------------------------------


def roster(slot: TimeSlot) -> bytes:
    """Who does what, where, when; with a column to sign in and off."""
    with translation.override(OFFICIAL):
        paper = _paper(slot, _("Staff sign-in"), "", across=True)
        paper.title(under=f"{slot.event.title}　{_subject(slot)}　{spelling.span(slot.starts_at, slot.ends_at)}")
        duties = slot.duties.filter(live=True).select_related("person", "sitting__room").order_by("sitting__room__name", "capacity")
        rows = [
            [
                number,
                duty.person.name,
                _(capacities.title(duty.capacity)),
                duty.sitting.room.name if duty.sitting else _("whole slot"),
                "",
                "",
                "",
            ]
            for number, duty in enumerate(duties, 1)
        ]
        head = [_("No."), _("Name"), _("Capacity"), pgettext("place", "Room"), _("Signed in"), _("Signed off"), _("Signature")]
        paper.table(head, rows, [0.6, 2.4, 2, 1.6, 1.3, 1.3, 2], row_height=10)
        return paper.render()


def draw_record(draw: Draw) -> bytes:
    """The record of a draw, from which anyone can repeat it."""
    with translation.override(OFFICIAL):
        event = draw.event
        paper = Paper(_("Draw record"), number="", body=event.body.name, language=OFFICIAL, example=event.example)
        paper.title(under=event.title + (f"　{_subject(draw.slot)}" if draw.slot else ""))
        paper.pairs(
            [
                (_("What was drawn"), str(draw.get_kind_display())),
                (_("Fixed and recorded"), spelling.when(draw.opened_at, seconds=True)),
                (_("Drawn"), spelling.when(draw.drawn_at, seconds=True)),
                (_("Operator of the draw"), draw.drawn_by),
                (_("Chance"), draw.witness or _("Seed made by the system")),
                (_("Lines of the result"), draw.lines),
            ]
        )
        digests = [(_("Seed"), draw.seed), (_("Digest of the pool"), draw.pool_digest), (_("Digest of the result"), draw.result_digest)]
        paper.pairs(digests, columns=1, label=34)
        paper.note(_("The pool and the rule are on file: whoever puts pool and seed to the rule finds the same result."))
        paper.table(*_lines_of(draw))
        paper.signatures([_("Operator:"), _("Supervisor:")])
        return paper.render()


def _lines_of(draw: Draw) -> tuple[list[Any], list[list[Any]], list[float]]:
    if draw.kind == "seats":
        held = Place.objects.filter(slot=draw.slot_id, state="held").select_related("seat", "sitting__room", "application__person")
        rows = [
            [place.ticket_number, place.application.person.name, place.sitting.room.name, place.seat.label, place.form]
            for place in held.order_by("sitting__room__name", "seat__label")
        ]
        return [_("Ticket number"), _("Name"), pgettext("place", "Room"), _("Seat"), _("Paper form")], rows, [2, 3, 2, 1, 1]
    duties = Duty.objects.filter(draw=draw, live=True).select_related(
        "person", "slot__item__qualification", "slot__item__edition", "sitting__room"
    )
    rows = [
        [spelling.when(duty.starts_at), duty.sitting.room.name if duty.sitting else "—", capacities.title(duty.capacity), duty.person.name]
        for duty in duties.order_by("starts_at", "sitting__room__name", "capacity", "id")
    ]
    return [_("Time"), pgettext("place", "Room"), _("Capacity"), _("Name")], rows, [3, 2, 2, 2]


SHEETS = {
    "door": (door_notice, gettext_noop("Door notice")),
    "labels": (desk_labels, gettext_noop("Desk labels")),
    "attendance": (signature_list, gettext_noop("Attendance sheet")),
    "plan": (seat_plan, gettext_noop("Seating chart")),
}
