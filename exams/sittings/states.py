"""What may follow what: slots, sittings, tickets, draws, changes and duties, with the words for each state."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.lifecycle import transitions
from exams.sittings.models import Accommodation, Change, Draw, Duty, Place, Sitting, TimeSlot

transitions(
    TimeSlot,
    {
        "planned": {"publish": "published", "cancel": "cancelled"},
        "published": {"close": "closed", "cancel": "cancelled"},
        "closed": {},
        "cancelled": {},
    },
    labels={"planned": _("Being arranged"), "published": _("Published"), "closed": _("Ended"), "cancelled": _("Cancelled")},
    tones={"planned": "warn", "published": "ok", "closed": "off", "cancelled": "danger"},
)

transitions(
    Sitting,
    {
        "planned": {"publish": "published", "cancel": "cancelled"},
        "published": {"open": "open", "cancel": "cancelled"},
        "open": {"close": "closed"},
        "closed": {"seal": "sealed"},
        "sealed": {},
        "cancelled": {},
    },
    labels={
        "planned": _("Being arranged"),
        "published": _("Published"),
        "open": _("Open for candidates"),
        "closed": _("Room closed"),
        "sealed": _("Sealed"),
        "cancelled": _("Cancelled"),
    },
    tones={"planned": "warn", "published": "ok", "open": "wait", "closed": "ok", "sealed": "ok", "cancelled": "danger"},
)

transitions(
    Place,
    {
        "drafted": {"issue": "issued", "void": "void"},
        "issued": {"print": "printed", "lapse": "lapsed", "void": "void", "issue": "issued"},
        "printed": {"replace": "replaced", "void": "void"},
        "replaced": {"replace": "replaced", "void": "void"},
        "lapsed": {"replace": "replaced", "void": "void"},
        "void": {},
    },
    field="ticket_state",
    labels={
        "drafted": _("Not issued yet"),
        "issued": _("Ticket issued"),
        "printed": _("Printed"),
        "lapsed": _("Lapsed unprinted"),
        "replaced": _("Replaced"),
        "void": _("Void"),
    },
    tones={"drafted": "off", "issued": "wait", "printed": "ok", "lapsed": "danger", "replaced": "warn", "void": "danger"},
)

transitions(
    Draw,
    {
        "open": {"draw": "drawn", "abandon": "abandoned"},
        "drawn": {"replace": "replaced"},
        "abandoned": {},
        "replaced": {},
    },
    labels={
        "open": _("Waiting for the witness"),
        "drawn": _("In force"),
        "abandoned": _("Abandoned"),
        "replaced": _("Replaced"),
    },
    tones={"open": "wait", "drawn": "ok", "abandoned": "danger", "replaced": "off"},
)

transitions(
    Change,
    {"asked": {"approve": "approved", "refuse": "refused", "withdraw": "withdrawn"}, "approved": {}, "refused": {}, "withdrawn": {}},
    labels={
        "asked": _("Waiting for the second person"),
        "approved": _("Change approved"),
        "refused": _("Change refused"),
        "withdrawn": _("Withdrawn"),
    },
    tones={"asked": "wait", "approved": "ok", "refused": "danger", "withdrawn": "off"},
)

transitions(
    Accommodation,
    {"granted": {"withdraw": "withdrawn"}, "withdrawn": {}},
    labels={"granted": _("Granted"), "withdrawn": _("Withdrawn")},
    tones={"granted": "ok", "withdrawn": "off"},
)

transitions(
    Duty,
    {
        "proposed": {"accept": "accepted", "decline": "declined", "release": "released", "recuse": "recused", "replace": "replaced"},
        "accepted": {"release": "released", "recuse": "recused", "decline": "declined", "replace": "replaced"},
        "released": {"sign_in": "on_duty", "recuse": "recused", "decline": "declined", "replace": "replaced"},
        "on_duty": {"sign_off": "done", "recuse": "recused"},
        "declined": {"replace": "replaced"},
        "recused": {"replace": "replaced"},
        "replaced": {},
        "done": {},
    },
    labels={
        "proposed": _("Proposed"),
        "accepted": _("Duty accepted"),
        "declined": _("Declined"),
        "released": _("Released"),
        "recused": _("Recused"),
        "replaced": _("Replaced"),
        "on_duty": _("On duty"),
        "done": _("Done"),
    },
    tones={
        "proposed": "wait", "accepted": "ok", "declined": "danger", "released": "ok",
        "recused": "danger", "replaced": "off", "on_duty": "ok", "done": "ok",
    },  # fmt: skip
)
