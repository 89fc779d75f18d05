"""What is done about seeing footage: requests of candidates, draws of what is to be looked at, and the looking."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from exams import clock, workdays
from exams.access import Actor
from exams.catalogue.queries import calendar
from exams.conduct.models import Incident
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.lifecycle import move
from exams.messages.actions import send
from exams.programme.models import Event
from exams.sittings import chance
from exams.sittings.models import Place, Sitting
from exams.sittings.queries import AUTHORITY
from exams.verdicts import gettext_noop as _
from proctoring.footage import queries, rules
from proctoring.footage.models import FootageRequest, SampleDraw, SampleItem


@action("proctoring.ask_footage", on="place")
def ask_footage(*, by: Actor, place: Place, reason: str) -> FootageRequest:
    """Ask to see the footage of the own seat; the working days of the answer begin."""
    _words(reason, _("Write why you want to see it."))
    if place.sitting.state not in queries.OVER or not place.sitting.room.watch:
        refuse("footage.not_over", _("There is footage of sittings that are over and were watched."), basis=rules.REQUEST_BASIS)
    days = queries.value(place.slot.event.body_id, "FOOTAGE_ANSWER_DAYS")
    due = workdays.add(clock.today(), days, calendar())
    try:
        with transaction.atomic():
            asked = FootageRequest.objects.create(place=place, reason=reason.strip(), asked_at=clock.now(), due_on=due)
    except IntegrityError:
        refuse("footage.asked_already", _("You have asked already; the answer is on its way."))
    record("proctoring.ask_footage", asked, by=by, about=[place.sitting], due_on=due, private={"reason": reason.strip()})
    return asked


@action("proctoring.withdraw_footage", on="request")
def withdraw_footage(*, by: Actor, request: FootageRequest) -> FootageRequest:
    """The candidate no longer wants to see it."""
    move(request, "withdraw")
    record("proctoring.withdraw_footage", request, by=by, about=[request.place.sitting])
    return request


@action("proctoring.grant_footage", on="request")
def grant_footage(*, by: Actor, request: FootageRequest, grounds: str) -> FootageRequest:
    """Let the candidate see the own stretch, everybody else masked; refused where the policy or the facts are against it."""
    policy = queries.value(request.place.slot.event.body_id, "FOOTAGE_SHOWN")
    against = rules.against_granting(policy, queries.recordings(request.place.sitting).exists())
    if against:
        raise Refused(against)
    return _decide(by, request, "grant", grounds)


@action("proctoring.refuse_footage", on="request")
def refuse_footage(*, by: Actor, request: FootageRequest, grounds: str) -> FootageRequest:
    """Refuse a request, with grounds."""
    return _decide(by, request, "refuse", grounds)


def _decide(by: Actor, request: FootageRequest, verb: str, grounds: str) -> FootageRequest:
    _words(grounds, _("Write the grounds; the candidate reads them."))
    decided = {"decided_by_id": by.person_id, "decided_at": clock.now(), "grounds": grounds.strip(), "basis": rules.REQUEST_BASIS}
    move(request, verb, **decided)
    late = clock.today() > request.due_on
    record(f"proctoring.{verb}_footage", request, by=by, about=[request.place.sitting], late=late, private={"grounds": grounds.strip()})
    send(person_id=request.place.application.person_id, kind="proctoring.footage_answered", params={"answer": grounds.strip()})
    return request


@action("proctoring.show_footage", on="request")
def show_footage(*, by: Actor, request: FootageRequest, present: str, shown: str, masked: bool, no_copy: bool) -> FootageRequest:
    """Write down the viewing: who supervised and was present, what was shown; others masked, nothing copied."""
    _words(present, _("Write who was present besides you."))
    _words(shown, _("Write which cameras and which time were shown."))
    if present.strip() == by.name:
        refuse("footage.alone", _("A second person must be present besides the one who shows it."), basis=rules.REQUEST_BASIS)
    if not masked or not no_copy:
        refuse(
            "footage.unmasked", _("Others must be masked, and no copy is handed out."), basis=rules.REQUEST_BASIS,
            remedy=_("Mask everybody else before the viewing, then confirm both."),
        )  # fmt: skip
    move(request, "show", shown_by_id=by.person_id, shown_at=clock.now(), present=present.strip(), shown=shown.strip())
    facts = {"shown": shown.strip(), "masked": True, "copied": False}
    record("proctoring.show_footage", request, by=by, about=[request.place.sitting], private={"present": present.strip()}, **facts)
    return request


@action("proctoring.draw_sample", on="event")
def draw_sample(*, by: Actor, event: Event, percent: int | None = None) -> SampleDraw:
    """Draw what the actor's side is to look at: a share of all watched sittings that are over, and every incident. Once for each side."""
    side = "authority" if by.capacity in AUTHORITY else "body"
    sittings = list(Sitting.objects.filter(slot__event=event, room__watch=True, live=True).order_by("pk"))
    if not sittings or any(one.state not in queries.OVER for one in sittings):
        refuse("footage.sample_early", _("The draw comes when every watched sitting of the event is over."), basis=_("Requirement R-73"))
    least = queries.value(event.body_id, "FOOTAGE_SAMPLE_PERCENT")
    percent = least if percent is None else percent
    if not least <= percent <= 100:
        refuse("footage.sample_share", _("At least %(least)s percent are drawn, at most 100."), least=least, basis=_("Requirement R-73"))
    pool, seed = [str(one.pk) for one in sittings], chance.new_seed()
    try:
        with transaction.atomic():
            drawn = SampleDraw.objects.create(
                event=event, side=side, percent=percent, pool=pool, pool_digest=chance.digest(pool), seed=seed,
                drawn_by_id=by.person_id, drawn_at=clock.now(), served_at=clock.now() if side == "body" else None,
            )  # fmt: skip
    except IntegrityError:
        refuse("footage.drawn_already", _("This side has drawn; nobody draws twice until the result pleases."))
    found = rules.stretches({str(one.pk): (one.starts_at, one.ends_at) for one in sittings}, _incidents(sittings), percent, seed, side)
    SampleItem.objects.bulk_create(
        SampleItem(draw=drawn, sitting_id=one.sitting, why=one.why, since=one.since, until=one.until) for one in found
    )
    # what the authority will look at is nobody's business yet: the entry carries the digests, the seed stands beside it
    facts = {"side": side, "percent": percent, "pool_digest": drawn.pool_digest, "seed_digest": chance.digest(seed)}
    record("proctoring.draw_sample", drawn, by=by, private={"seed": seed}, **facts)
    return drawn


def _incidents(sittings: list[Sitting]) -> list[tuple[str, object, object]]:
    found = Incident.objects.filter(sitting__in=sittings).exclude(state="withdrawn").order_by("since", "pk")
    return [(str(one.sitting_id), one.since, one.until or one.since) for one in found]


@action("proctoring.serve_sample", on="draw")
def serve_sample(*, by: Actor, draw: SampleDraw) -> SampleDraw:
    """From now on the body sees the authority's draw."""
    if not SampleDraw.objects.filter(pk=draw.pk, served_at=None).update(served_at=clock.now()):
        refuse("footage.served", _("This draw has been served."))
    draw.refresh_from_db()
    record("proctoring.serve_sample", draw, by=by, about=[draw.event], seed=draw.seed)
    return draw


@action("proctoring.look_at_sample", on="item")
def look_at_sample(*, by: Actor, item: SampleItem, outcome: str, note: str = "") -> SampleItem:
    """Write down what was found; anything but nothing needs words."""
    if outcome not in dict(SampleItem.OUTCOMES):
        refuse("footage.outcome", _("Choose what was found."))
    if outcome != "nothing":
        _words(note, _("Write what was found."))
    move(item, "look", outcome=outcome, note=note.strip(), looked_by_id=by.person_id, looked_at=clock.now())
    facts = {"outcome": outcome, "since": item.since, "until": item.until}
    # the authority's looking stays hidden as long as its draw
    about = [item.sitting] if item.draw.served_at else []
    record("proctoring.look_at_sample", item, by=by, about=about, private={"note": note.strip()}, **facts)
    return item


def _words(text: str, message: str) -> None:
    if len(text.strip()) < 2:
        refuse("footage.words", message)
