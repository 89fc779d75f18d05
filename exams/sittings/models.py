"""Tables of places and times: where an examination is sat, when, by whom, and who is on duty."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from exams.catalogue.rulebook import Subject
from exams.encryption import EncryptedField
from exams.guards import no_overlap
from exams.keys import primary_key, uuid7

FORMS = [("A", "A"), ("B", "B")]


class Venue(models.Model):
    """A place with an address where an exam body holds examinations."""

    id = primary_key()
    body = models.ForeignKey("exams.Organisation", on_delete=models.PROTECT, related_name="venues")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=240)
    way_in = models.CharField(max_length=240, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["body", "name"], name="venue_name_once_per_body")]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room of a venue with its plan in millimetres; unusable without an acceptance in force."""

    USES = [("exam", _("Examination room")), ("store", _("Secure store")), ("marking", _("Marking room")), ("waiting", _("Waiting room"))]

    id = primary_key()
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)
    use = models.CharField(max_length=10, choices=USES, default="exam")
    plan = models.JSONField(default=dict)
    equipment = models.JSONField(default=dict, blank=True)
    accepted_until = models.DateField(null=True, blank=True)
    watch = models.BooleanField(default=True)

    class Meta:
        ordering = ["venue__name", "name"]
        constraints = [models.UniqueConstraint(fields=["venue", "name"], name="room_name_once_per_venue")]

    def __str__(self) -> str:
        return self.name


class Acceptance(models.Model):
    """An inspection of a room before use: who looked, when, and until when it holds."""

    id = primary_key()
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="acceptances")
    accepted_on = models.DateField()
    valid_until = models.DateField()
    inspected_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    plan_digest = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-accepted_on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(valid_until__gte=F("accepted_on")), name="acceptance_ends_after_start")]


class Seat(models.Model):
    """One seat of a room, placed in millimetres on its plan."""

    id = primary_key()
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="seats")
    label = models.CharField(max_length=8)
    x_mm = models.IntegerField()
    y_mm = models.IntegerField()
    spare = models.BooleanField(default=False)
    form = models.CharField(max_length=1, choices=FORMS, default="A")

    class Meta:
        ordering = ["room", "label"]
        constraints = [models.UniqueConstraint(fields=["room", "label"], name="seat_label_once_per_room")]

    def __str__(self) -> str:
        return self.label


class TimeSlot(models.Model):
    """One subject and one interval at a venue; owns the chief and the roving invigilators."""

    id = primary_key()
    event = models.ForeignKey("exams.Event", on_delete=models.PROTECT, related_name="slots")
    item = models.ForeignKey("exams.EventItem", on_delete=models.PROTECT, related_name="slots")
    subject = models.CharField(max_length=40)
    form = models.CharField(max_length=10, default="theory")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="planned")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_start")]

    def __str__(self) -> str:
        """Kept with what is decided about it, so never in the language of the moment."""
        return f"{self.official_name} {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    @property
    def official_name(self) -> str:
        """Item and subject as they stand on record, whoever reads it."""
        known = self._known_subject()
        return f"{self.item.qualification.code} {(known.name_zh if known else '') or self.subject}"

    def _known_subject(self) -> Subject | None:
        return next((one for one in self.item.edition.rulebook.subjects if one.code == self.subject), None)

    @property
    def subject_name(self) -> str:
        """The subject in the words of the edition, in the reader's language."""
        known = self._known_subject()
        if known is None:
            return self.subject
        chinese = (get_language() or "").startswith("zh")
        return (known.name_zh if chinese else known.name_en or known.name_zh) or self.subject


class Sitting(models.Model):
    """A time slot in one room; owns its seats, invigilators, cameras and room record."""

    id = primary_key()
    slot = models.ForeignKey(TimeSlot, on_delete=models.PROTECT, related_name="sittings")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="sittings")
    # Equal to the slot's; kept here because a guard of the database sees one row only.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="planned")
    live = models.BooleanField(default=True)
    seed = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["starts_at", "room__name"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "room"], condition=Q(live=True), name="room_once_per_slot"),
            models.CheckConstraint(condition=Q(live=True) ^ Q(state="cancelled"), name="sitting_live_unless_cancelled"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="sitting_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.room.name} · {self.slot}"


class Place(models.Model):
    """A candidate's claim on one seat of a sitting, with the ticket that proves it."""

    id = primary_key()
    # Equal to sitting.slot; here so that the database can hold one seat per application per slot.
    slot = models.ForeignKey(TimeSlot, on_delete=models.PROTECT, related_name="places")
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="places")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="places")
    application = models.ForeignKey("exams.Application", on_delete=models.PROTECT, related_name="places")
    form = models.CharField(max_length=1, choices=FORMS, default="A")
    state = models.CharField(max_length=8, default="held")
    revision = models.PositiveIntegerField(default=0)
    ticket_number = models.CharField(max_length=32)
    ticket_state = models.CharField(max_length=10, default="drafted")
    ticket_nonce = models.CharField(max_length=32, blank=True)
    ticket_issue = models.PositiveIntegerField(default=0)
    printed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sitting", "seat__label"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "seat"], condition=Q(state="held"), name="one_place_per_seat"),
            models.UniqueConstraint(fields=["slot", "application"], name="one_seat_per_application"),
            models.UniqueConstraint(fields=["slot", "ticket_number"], name="ticket_number_once_per_slot"),
        ]


class Accommodation(models.Model):
    """What a candidate is granted so as to sit on equal terms: seats, a room alone, more time. Who needs the measure needs no reason."""

    WHERE = [("any", _("Any seat")), ("seats", _("One of the named seats")), ("alone", _("Alone in a room"))]

    id = primary_key()
    application = models.ForeignKey("exams.Application", on_delete=models.PROTECT, related_name="accommodations")
    where = models.CharField(max_length=8, choices=WHERE, default="any")
    # Named seats that were taken out of their room leave nothing to sit on, never any seat: `where` still says that they were named.
    seats = models.ManyToManyField(Seat, related_name="+", blank=True)
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(default=0)
    measure = EncryptedField()
    reason = EncryptedField()
    basis = models.CharField(max_length=240)
    granted_by = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="granted")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name = _("Accommodation")
        ordering = ["application__number", "-granted_at"]
        constraints = [
            models.UniqueConstraint(fields=["application"], condition=Q(state="granted"), name="one_accommodation_in_force"),
            models.CheckConstraint(condition=Q(where="alone") ^ Q(room=None), name="accommodation_names_its_room"),
        ]

    def __str__(self) -> str:
        return str(self.application)

    @property
    def body_id(self) -> UUID:
        return self.application.body_id


class Draw(models.Model):
    """A random draw that can be repeated by anyone: what was fixed before the chance was known, the chance, and the result."""

    KINDS = [("seats", _("Seats")), ("roster", _("Duty roster"))]

    id = primary_key()
    event = models.ForeignKey("exams.Event", on_delete=models.PROTECT, related_name="draws")
    slot = models.ForeignKey(TimeSlot, null=True, on_delete=models.PROTECT, related_name="draws")
    kind = models.CharField(max_length=16, choices=KINDS)
    about = models.CharField(max_length=40)  # the slot, or the event where the draw is for all of its slots
    state = models.CharField(max_length=10, default="open")
    # Fixed and recorded first …
    algorithm = models.CharField(max_length=40)
    pool = models.JSONField()
    pool_digest = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    drawn_by = models.CharField(max_length=120)
    entry_id = models.BigIntegerField(null=True)
    witness = models.CharField(max_length=200, blank=True)
    # … then the chance, and what follows from both.
    step_size = models.BigIntegerField(null=True)
    seed = models.CharField(max_length=64, blank=True)
    result = models.JSONField(default=list)
    result_digest = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["about", "kind"], condition=Q(state="drawn"), name="one_draw_in_force"),
            models.UniqueConstraint(fields=["about", "kind"], condition=Q(state="open"), name="one_draw_waiting"),
            models.CheckConstraint(condition=Q(state__in=["open", "abandoned"]) | ~Q(seed=""), name="drawn_from_a_seed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slot or self.event}"

    @property
    def lines(self) -> int:
        """How many seats or duties were given."""
        return len(self.result["assigned"] if isinstance(self.result, dict) else self.result)


class Change(models.Model):
    """A wish to alter what was drawn or released: asked by one person, decided by another, with a reason."""

    KINDS = [
        ("redraw", _("Draw seats again")),
        ("redraw_roster", _("Draw the duty roster again")),
        ("move", _("Move a candidate")),
        ("time", _("Change the time")),
        ("reissue", _("Issue a replacement ticket")),
        ("cancel", _("Cancel a sitting")),
    ]

    id = primary_key()
    slot = models.ForeignKey(TimeSlot, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=14, choices=KINDS)
    wanted = models.JSONField(default=dict)
    reason = models.TextField()
    state = models.CharField(max_length=10, default="asked")
    asked_by = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="change_needs_two_persons")]


class Duty(models.Model):
    """One person in one capacity for a slot or one of its rooms, resting on a ruling."""

    GONE = ("declined", "recused", "replaced")

    id = primary_key()
    slot = models.ForeignKey(TimeSlot, on_delete=models.PROTECT, related_name="duties")
    sitting = models.ForeignKey(Sitting, null=True, blank=True, on_delete=models.PROTECT, related_name="duties")
    person = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="duties")
    capacity = models.CharField(max_length=32)
    appointment = models.ForeignKey("exams.Appointment", null=True, on_delete=models.PROTECT, related_name="duties")
    ruling = models.ForeignKey("exams.Ruling", null=True, on_delete=models.PROTECT, related_name="duties")
    draw = models.ForeignKey(Draw, null=True, blank=True, on_delete=models.PROTECT, related_name="duties")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="proposed")
    live = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=240, blank=True)
    # One entry in the person's calendar, whatever becomes of it: a duty moved elsewhere keeps the thread of the one it replaces.
    thread = models.UUIDField(default=uuid7)
    signed_in_at = models.DateTimeField(null=True, blank=True)
    signed_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "capacity", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_start"),
            models.CheckConstraint(condition=Q(live=True) ^ Q(state__in=["declined", "recused", "replaced"]), name="duty_live_unless_gone"),
        ]


class Arrangement(models.Model):
    """What has been released of an event, when tickets may be printed, and under which values of the parameters."""

    id = primary_key()
    event = models.OneToOneField("exams.Event", on_delete=models.PROTECT, related_name="arrangement")
    published_at = models.DateTimeField()
    tickets_from = models.DateTimeField()
    tickets_until = models.DateTimeField()
    parameters = models.JSONField(default=dict)


class Parameter(models.Model):
    """A value an exam body sets for its rooms and its day, with its source and the date it holds from."""

    id = primary_key()
    body = models.ForeignKey("exams.Organisation", on_delete=models.PROTECT, related_name="sitting_parameters")
    code = models.CharField(max_length=40)
    value = models.IntegerField()
    source = models.CharField(max_length=240)
    effective_from = models.DateField()
    set_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["code", "-effective_from"]
        constraints = [models.UniqueConstraint(fields=["body", "code", "effective_from"], name="parameter_once_per_day")]


class CalendarFeed(models.Model):
    """A person's private calendar address; a new version makes the old address dead."""

    id = primary_key()
    person = models.OneToOneField("exams.Person", on_delete=models.PROTECT, related_name="calendar_feed")
    version = models.PositiveIntegerField(default=1)
    read_at = models.DateTimeField(null=True, blank=True)


# A room holds one sitting at a time, and nobody is in two places: neither holds by luck or by a lock alone.
no_overlap(Sitting, ["room"], "starts_at", "ends_at", where={"live": True})
no_overlap(Duty, ["person"], "starts_at", "ends_at", where={"live": True})
