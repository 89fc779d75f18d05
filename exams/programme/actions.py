"""Changes to the programme: plan, notice, consent, closing of applications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from exams import clock, lifecycle
from exams.access import SYSTEM, Actor
from exams.catalogue.models import Qualification
from exams.errors import Refused, refuse
from exams.interests import actions as interests
from exams.journal.actions import action, record
from exams.people.models import Organisation
from exams.programme import queries, rules, words
from exams.programme.models import (
    AnnualPlan,
    Event,
    EventItem,
    ForbiddenWord,
    LateConsent,
    NoticeCorrection,
    PlannedItem,
    ProgrammeParameter,
    WordsAccepted,
)
from exams.programme.words import Text
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

SHORTEST_REASON = 8

# What may be edited while an event is planned; once announced only corrections follow.
EDITABLE = (
    "title", "starts_on", "ends_on", "apply_from", "apply_until", "place", "method", "syllabus", "contact", "complaint_phone",
    "document_number", "basis", "categories", "eligibility", "materials", "remarks", "ticket_from", "ticket_until",
)  # fmt: skip


@action("programme.plan_event", on="body")
def plan_event(
    *,
    by: Actor,
    body: Organisation,
    number: str,
    title: str,
    items: Sequence[Qualification],
    apply_from: date,
    apply_until: date,
    starts_on: date,
    ends_on: date,
    place: str,
    method: str,
    syllabus: str = "",
    contact: str = "",
    **notice: Any,
) -> Event:
    """Plan an event with its items. Refused where an item's rules are incomplete or the entrustment does not cover it."""
    planned, editions = queries.plan_items(items, apply_from)
    objections = list(
        rules.plan_objections(
            items=planned, apply_from=apply_from, apply_until=apply_until, starts_on=starts_on, ends_on=ends_on
        )
    )
    objections += _plain_objections(body, number, title, place, method)
    families = {item.family for item in items}
    objections += queries.bodies.objections_to_event(
        body, families=families, place=place, starts_on=starts_on, ends_on=ends_on
    )
    if objections:
        raise Refused(objections)
    event = Event.objects.create(
        body=body,
        number=number.strip(),
        title=title.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        apply_from=apply_from,
        apply_until=apply_until,
        place=place.strip(),
        method=method,
        syllabus=syllabus.strip(),
        contact=contact.strip(),
        example=any(editions[item.pk].is_example for item in items),
        **{**_of_itself(number, items, apply_until, starts_on), **_of_notice(notice)},
    )
    EventItem.objects.bulk_create(EventItem(event=event, qualification=item, edition=editions[item.pk]) for item in items)
    facts = {"number": event.number, "items": [item.code for item in items], "starts_on": starts_on, "ends_on": ends_on}
    record("programme.plan_event", event, by=by, about=[body], editions=[str(editions[item.pk].pk) for item in items], **facts)
    return event


def _of_notice(given: dict[str, Any]) -> dict[str, Any]:
    unknown = set(given) - set(EDITABLE)
    if unknown:
        raise TypeError(f"plan_event() got unexpected {sorted(unknown)}")
    return given


def _of_itself(number: str, items: Sequence[Qualification], apply_until: date, starts_on: date) -> dict[str, Any]:
    """What follows from the rest until somebody writes otherwise: the rules as basis, everybody admitted, tickets until the first day."""
    return {
        "document_number": number.strip(),
        "basis": ", ".join(sorted({item.regulation for item in items})),
        "categories": list(rules.CATEGORIES),
        "ticket_from": apply_until + timedelta(days=1),
        "ticket_until": starts_on,
    }


def _plain_objections(body: Organisation, number: str, title: str, place: str, method: str) -> list[Objection]:
    checks = (
        ("number", not number.strip(), _("Give the event a number.")),
        ("number_taken", Event.objects.filter(body=body, number=number.strip()).exists(), _("An event with this number exists.")),
        ("title", not title.strip(), _("Give the event a title.")),
        ("place", not place.strip(), _("Say where the event takes place.")),
        ("method", method not in Event.Method.values, _("Choose the form of the examination.")),
    )
    return [Objection(f"programme.{name}", message) for name, wrong, message in checks if wrong]


@action("programme.change_event", on="event")
def change_event(*, by: Actor, event: Event, **changes: Any) -> Event:
    """Edit a planned event; dates and place are put to the entrustment again."""
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"change_event() got unexpected {sorted(unknown)}")
    event = Event.objects.select_for_update().get(pk=event.pk)
    if event.state != "draft":
        refuse("programme.announced", _("The notice is published. Publish a correction instead."))
    for name, value in changes.items():
        setattr(event, name, value)
    items, _editions = queries.plan_items([item.qualification for item in event.items.select_related("qualification")], event.apply_from)
    dates = {name: getattr(event, name) for name in ("apply_from", "apply_until", "starts_on", "ends_on")}
    objections = [*rules.plan_objections(items=items, **dates), *queries.event_objections(event)]
    if objections:
        raise Refused(objections)
    event.save(update_fields=list(changes))
    record("programme.change_event", event, by=by, changes={name: changes[name] for name in changes})
    return event


@action("programme.publish_notice", on="event")
def publish_notice(*, by: Actor, event: Event, **fields: Any) -> Event:
    """Publish the notice: all fields, the entrustment, the lead time or consent, no word against it. Then applications open."""
    if fields:
        event = change_event.plain(by=by, event=event, **fields)  # type: ignore[attr-defined]
    objections = queries.blockers_of_notice(event)
    if objections:
        raise Refused(objections)
    lifecycle.move(event, "announce", published_at=clock.now())
    looked_at = sorted({hit.word.text for hit in queries.words_found(event)})
    days, source = queries.lead_time()
    record("programme.publish_notice", event, by=by, about=[event.body], words_seen=looked_at, lead_days=days, lead_source=source)
    return event


@action("programme.accept_words", on="event")
def accept_words(*, by: Actor, event: Event, reason: str) -> WordsAccepted:
    """A named superior has looked at the words in the texts of the event and says why nothing is made compulsory by them."""
    found = queries.words_found(event, queries.applicant_texts(event))
    refused = [objection for objection in words.objections(found) if objection.id == "programme.forbidden_words"]
    if refused:
        raise Refused(refused)
    if not found:
        refuse("programme.no_words", _("No text of this event contains such a word."))
    if len(reason.strip()) < SHORTEST_REASON:
        message = _("Say in a sentence why nothing is made compulsory; it is kept with your name.")
        refuse("programme.words_reason", message, basis=words.BASIS)
    said = sorted({hit.word.text for hit in found})
    row = WordsAccepted.objects.create(
        event=event,
        words=said,
        digests=sorted({hit.digest for hit in found}),
        reason=reason.strip()[:500],
        accepted_by_id=by.person_id,
        accepted_name=by.name[:200],
        accepted_at=clock.now(),
    )
    places = sorted({f"{hit.place}: {hit.word.text}" for hit in found})
    record("programme.accept_words", row, by=by, about=[event], words=said, places=places, reason=row.reason)
    return row


@action("programme.set_word", on="organisation")
def set_word(*, by: Actor, organisation: Organisation, text: str, weight: str, source: str) -> ForbiddenWord:
    """Keep a word to be looked for, with its source. A body adds words or makes them weigh more; the authority may do either."""
    text, source = " ".join(text.split()), source.strip()
    if not 2 <= len(text) <= 60:
        refuse("programme.word", _("A word has 2 to 60 characters."))
    if weight not in ForbiddenWord.Weight.values:
        refuse("programme.word_weight", _("Choose how the word weighs."))
    if not source:
        refuse("programme.word_source", _("Name the source of the word."))
    if weight == words.NONE and organisation.kind != Organisation.Kind.ISSUING_AUTHORITY:
        refuse("programme.word_weaker", _("Only the authority takes a word off the list."), basis=words.BASIS)
    now = clock.now()
    ForbiddenWord.objects.filter(organisation=organisation, text=text, withdrawn_at=None).update(withdrawn_at=now)
    row = ForbiddenWord.objects.create(
        organisation=organisation, text=text, weight=weight, source=source, set_by_id=by.person_id, set_at=now
    )
    record("programme.set_word", row, by=by, about=[organisation], text=text, weight=weight, source=source)
    return row


@action("programme.withdraw_word", on="word")
def withdraw_word(*, by: Actor, word: ForbiddenWord) -> ForbiddenWord:
    """Take back a word the own organisation set; the list everybody starts from holds again."""
    if ForbiddenWord.objects.filter(pk=word.pk, withdrawn_at=None).update(withdrawn_at=clock.now()) != 1:
        refuse("programme.word_withdrawn", _("This word was taken back already."))
    word.refresh_from_db()
    record("programme.withdraw_word", word, by=by, about=[word.organisation], text=word.text)
    return word


@action("programme.correct_notice", on="event")
def correct_notice(*, by: Actor, event: Event, document_number: str, text: str) -> NoticeCorrection:
    """Publish a correction: a new notice that names the old one, which stays as it was."""
    if event.published_at is None:
        refuse("programme.not_published", _("The notice is not published yet. Edit the event instead."))
    if not document_number.strip() or not text.strip():
        refuse("programme.correction", _("Give the document number and the text of the correction."))
    against = list(words.objections(queries.words_found(event, [Text(_("The correction"), text)])))
    if against:
        raise Refused(against)
    correction = NoticeCorrection.objects.create(
        event=event, document_number=document_number.strip(), text=text.strip(), published_at=clock.now()
    )
    record("programme.correct_notice", correction, by=by, about=[event], number=correction.document_number, text=correction.text)
    return correction


@action("programme.ask_late_consent", on="event")
def ask_late_consent(*, by: Actor, event: Event, reason: str) -> LateConsent:
    """Ask the authority to consent that the notice appears later than the lead time."""
    if len(reason.strip()) < 8:
        refuse("programme.consent_reason", _("State the reason in a sentence; it is kept with the decision."))
    if event.state != "draft":
        refuse("programme.announced", _("The notice is published. Publish a correction instead."))
    if LateConsent.objects.filter(event=event).exists():
        refuse("programme.consent_asked", _("The authority has been asked already."))
    consent = LateConsent.objects.create(event=event, reason=reason.strip(), asked_at=clock.now())
    record("programme.ask_late_consent", consent, by=by, about=[event], reason=consent.reason)
    return consent


@action("programme.decide_late_consent", on="consent")
def decide_late_consent(*, by: Actor, consent: LateConsent, granted: bool, document_number: str = "") -> LateConsent:
    """The authority consents to a late notice, or does not."""
    verb = "grant" if granted else "refuse"
    lifecycle.move(consent, verb, decided_at=clock.now(), decided_name=by.name, document_number=document_number.strip())
    record("programme.decide_late_consent", consent, by=by, about=[consent.event], granted=granted, number=document_number)
    return consent


@action("programme.ask_declarations", on="event")
def ask_declarations(*, by: Actor, event: Event) -> int:
    """Ask everybody appointed for exam work in the body to declare for this event; who was asked or has signed is left alone."""
    if event.state not in ("announced", "applications_closed", "arranged"):
        refuse("programme.not_asking", _("Declarations are asked for between the notice and the examination."))
    missing = queries.undeclared_staff(event)
    for person in missing:
        interests.ask_declaration.plain(by=by, person=person, event_id=event.pk, due_on=event.starts_on)  # type: ignore[attr-defined]
    record("programme.ask_declarations", event, by=by, asked=len(missing))
    return len(missing)


@action("programme.close_applications", on="event")
def close_applications(*, by: Actor = SYSTEM, event: Event) -> Event:
    """Close applications after their last day; nobody's time is cut short."""
    if clock.today() <= event.apply_until:
        refuse(
            "programme.still_open",
            _("Applications are open until %(date)s."),
            basis=_("Administrative Licensing Law, Art. 54"),
            remedy=_("Wait for the last day, which was published."),
            date=event.apply_until,
        )
    lifecycle.move(event, "close_applications")
    record("programme.close_applications", event, by=by, apply_until=event.apply_until)
    return event


@action("programme.cancel_event", on="event")
def cancel_event(*, by: Actor, event: Event, reason: str) -> Event:
    """Cancel an event before it runs; the notice stays readable and says so."""
    if len(reason.strip()) < 8:
        refuse("programme.cancel_reason", _("State the reason in a sentence; it is kept with the decision."))
    lifecycle.move(event, "cancel", remarks=f"{event.remarks}\n{reason.strip()}".strip())
    record("programme.cancel_event", event, by=by, about=[event.body], reason=reason.strip())
    return event


# ------------------------------------------------------------------------------------------------ annual plan, parameters


@action("programme.plan_year", on="body")
def plan_year(
    *, by: Actor, body: Organisation, year: int, document_number: str, basis: str, items: Sequence[tuple[Qualification, int, date]]
) -> AnnualPlan:
    """Draw up, or draw up again, the plan of a year: items, months, last days of reservation."""
    if not items or not document_number.strip() or not basis.strip():
        refuse("programme.plan_fields", _("A plan has a number, a basis and at least one item."))
    plan = AnnualPlan.objects.filter(body=body, year=year).first()
    if plan is not None and plan.state != "draft":
        refuse("programme.plan_published", _("The plan of this year is published already."))
    values = {"document_number": document_number.strip(), "basis": basis.strip()}
    plan, _new = AnnualPlan.objects.update_or_create(body=body, year=year, defaults=values)
    plan.items.all().delete()
    PlannedItem.objects.bulk_create(
        PlannedItem(plan=plan, qualification=item, month=month, reserve_until=until) for item, month, until in items
    )
    codes = [[item.code, month, until] for item, month, until in items]
    record("programme.plan_year", plan, by=by, about=[body], year=year, number=plan.document_number, items=codes)
    return plan


@action("programme.publish_plan", on="plan")
def publish_plan(*, by: Actor, plan: AnnualPlan) -> AnnualPlan:
    """Publish the plan of a year."""
    lifecycle.move(plan, "publish", published_at=clock.now())
    record("programme.publish_plan", plan, by=by, about=[plan.body], year=plan.year)
    return plan


@action("programme.set_parameter")
def set_parameter(*, by: Actor, code: str, value: str, source: str, effective_from: date) -> ProgrammeParameter:
    """Set a parameter of the programme with its source from a day on."""
    if code == "NOTICE_LEAD_DAYS":
        number = int(value) if value.isascii() and value.isdigit() else 0
        if number < rules.LEAST_LEAD_DAYS:
            refuse(
                "programme.lead_days",
                _("The lead time is at least %(days)s days."),
                basis=_("Administrative Licensing Law, Art. 54; W-BB, L-DL"),
                days=rules.LEAST_LEAD_DAYS,
            )
    else:
        refuse("programme.parameter", _("There is no such parameter."))
    if not source.strip():
        refuse("programme.parameter_source", _("Name the source of the value."))
    if effective_from < clock.today():
        refuse("programme.parameter_past", _("A parameter cannot be set for the past."))
    row = ProgrammeParameter.objects.create(
        code=code, value=value.strip(), source=source.strip(), effective_from=effective_from, set_by_id=by.person_id
    )
    record("programme.set_parameter", row, by=by, code=code, value=row.value, source=row.source, effective_from=effective_from)
    return row
