"""The kinds of notice: title and text as msgids, made into sentences only when somebody reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from exams import capacities, spelling
from exams.verdicts import gettext_noop as _


@dataclass(frozen=True)
class Kind:
    """One kind of notice."""

    title: str
    text: str


KINDS: dict[str, Kind] = {
    "appointments.appointed": Kind(_("You have been appointed"), _("You act as %(capacity)s for %(organisation)s from %(since)s on.")),
    "appointments.revoked": Kind(
        _("Your appointment has ended"), _("You no longer act as %(capacity)s for %(organisation)s. Reason: %(reason)s.")
    ),
    "people.account_opened": Kind(
        _("An account was opened for you"), _("User name: %(username)s. The first password is handed over in person.")
    ),
    "people.first_password": Kind(
        _("You were given a new first password"),
        _("If you did not ask for it, tell the security administrator at once. Reason given: %(reason)s."),
    ),
    "people.second_factor_reset": Kind(
        _("Your second factor was taken away"),
        _("If you did not ask for it, tell the security administrator at once. Reason given: %(reason)s."),
    ),
    "proctoring.footage_answered": Kind(_("Your request to see footage was answered"), _("The exam body says: %(answer)s")),
    "interests.declare": Kind(
        _("Sign the declaration of interest"),
        _("%(event)s: without your signed declaration of interest you cannot serve."),
    ),
    "interests.remind": Kind(
        _("Your declaration of interest is due"),
        _("%(event)s: sign it by %(due_on)s; without it you cannot serve."),
    ),
    "recusal.affected": Kind(
        _("You may no longer act in a matter"),
        _("%(capacity)s: %(about)s. A ground for recusal has appeared; until a superior decides you do not act."),
    ),
    "recusal.late_ground": Kind(
        _("A ground for recusal was proved after you had acted"),
        _("%(about)s: %(rule)s. It is on record with the event; you may read it under My interests."),
    ),
    "recusal.late_ground_hidden": Kind(
        _("It was found that you hid a ground for recusal"),
        _("%(about)s: %(rule)s. You do no exam work this year and the next. What it rests on stands under My interests."),
    ),
    "recusal.request_granted": Kind(_("A request for recusal was granted"), _("%(event)s: the request of %(filed_on)s was granted.")),
    "recusal.request_refused": Kind(
        _("A request for recusal was not granted"), _("%(event)s: the request of %(filed_on)s was not granted.")
    ),
    "duty.assigned": Kind(
        _("You are put on duty"),
        _("%(capacity)s: %(starts_at)s, %(venue)s. Sign the declaration of interest; without it you cannot serve."),
    ),
    "duty.released": Kind(_("Your duty is published"), _("%(capacity)s: %(starts_at)s, %(venue)s, room %(room)s.")),
    "duty.withdrawn": Kind(_("You are taken off a duty"), _("%(capacity)s: %(starts_at)s, %(venue)s. Reason: %(reason)s.")),
    "ticket.issued": Kind(
        _("Your ticket can be printed"),
        _(
            "%(subject)s: %(starts_at)s, %(venue)s, room %(room)s, seat %(seat)s. "
            "Bring the ticket and the original of your identity document."
        ),
    ),
    "ticket.replaced": Kind(
        _("Your ticket was replaced"),
        _("%(subject)s: %(starts_at)s, %(venue)s, room %(room)s, seat %(seat)s. The earlier ticket no longer works; print the new one."),
    ),
    "ticket.lapsed": Kind(
        _("Your ticket has lapsed"),
        _("Ticket %(number)s for %(subject)s was not printed in time, so you cannot sit."),
    ),
    "accommodation.granted": Kind(
        _("An arrangement for you was granted"),
        _("Application %(number)s: it stands under My examinations, and the staff of your room know."),
    ),
    "accommodation.withdrawn": Kind(
        _("An arrangement for you was withdrawn"), _("Application %(number)s: ask the exam body if you do not know why.")
    ),
    "duty.moved": Kind(
        _("Your duty was moved"), _("%(capacity)s: now %(starts_at)s, %(venue)s, room %(room)s; before: %(before)s. Reason: %(reason)s.")
    ),
    "duty.staff_changed": Kind(
        _("The staff of your slot changed"),
        _("%(person)s (%(capacity)s): now %(starts_at)s, %(venue)s, room %(room)s; before: %(before)s."),
    ),
    "result.published": Kind(_("Your result is out"), _("%(item)s, application %(number)s: %(result)s.")),
    "result.changed": Kind(
        _("Your result was changed"),
        _("%(item)s, application %(number)s: now %(result)s. The change was approved by two persons."),
    ),
    "audit.served": Kind(_("An audit was served"), _("Audit %(number)s of %(body)s has begun.")),
    "rectification.ordered": Kind(_("Rectification was ordered"), _("Finding %(finding)s of audit %(number)s: rectify by %(due_on)s.")),
    "rectification.decided": Kind(_("A rectification was decided"), _("Finding %(finding)s of audit %(number)s: %(outcome)s.")),
    "place.cancelled": Kind(
        _("Your examination place was cancelled"), _("%(subject)s does not take place as planned. Reason: %(reason)s.")
    ),
}

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class _Known(dict[str, Any]):
    """What a notice does not say shows as nothing, so that an old notice stays readable when its kind grows."""

    def __missing__(self, key: str) -> str:
        return spelling.NOTHING


def title_of(kind: str) -> str:
    known = KINDS.get(kind)
    return gettext(known.title) if known else kind


def text_of(kind: str, params: dict[str, Any]) -> str:
    """The text in the reader's language; days and hours are written out, capacities and other msgids translated."""
    shown = _Known({key: _shown(key, value) for key, value in params.items()})
    known = KINDS.get(kind)
    if known is None:
        return spelling_list([f"{value}" for value in shown.values()])
    return gettext(known.text) % shown


def spelling_list(words: list[str]) -> str:
    """Parallel words in one sentence."""
    return ("、" if spelling.chinese() else ", ").join(word for word in words if word)


def _shown(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return spelling_list([str(_shown(key, item)) for item in value])
    if not isinstance(value, str):
        return value
    if key == "capacity":
        return gettext(capacities.title(value))
    if _MOMENT.match(value):
        return spelling.when(datetime.fromisoformat(value))
    if _DAY.fullmatch(value):
        return spelling.day(date.fromisoformat(value))
    return gettext(value) if value else spelling.NOTHING
