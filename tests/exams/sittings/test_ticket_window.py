"""Tickets are printed within their window; what nobody printed lapses; a replacement revives it."""

from datetime import UTC, date, datetime

import pytest

from exams.access import SYSTEM
from exams.errors import Refused
from exams.sittings import actions
from exams.sittings.models import Place
from exams.sittings.plugs import lapse

AFTER = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


@pytest.fixture
def window(scene):
    scene.event.ticket_from, scene.event.ticket_until = date(2026, 11, 25), date(2026, 11, 26)
    scene.event.save()
    return scene.published()


def test_before_and_after_the_window_nothing_is_printed(window, still, cast):
    place = Place.objects.first()
    actor = cast.candidate(place.application.person)
    with pytest.raises(Refused) as refusal:
        actions.print_ticket(by=actor, place=place)
    assert refusal.value.objections[0].id == "tickets.too_early"
    still.move_to(AFTER, tick=False)
    with pytest.raises(Refused) as refusal:
        actions.print_ticket(by=actor, place=place)
    assert refusal.value.objections[0].id == "tickets.lapsed"


def test_the_tick_lets_unprinted_tickets_lapse_twice_without_harm(window, still, cast):
    printed = Place.objects.first()
    still.move_to(datetime(2026, 11, 25, 2, 0, tzinfo=UTC), tick=False)
    actions.print_ticket(by=cast.candidate(printed.application.person), place=printed)
    still.move_to(AFTER, tick=False)
    lapse()
    lapse()
    states = {place.pk: place.ticket_state for place in Place.objects.all()}
    assert states.pop(printed.pk) == "printed"
    assert set(states.values()) == {"lapsed"}


def test_a_replacement_by_two_persons_revives_a_lapsed_ticket(window, still):
    still.move_to(AFTER, tick=False)
    actions.lapse_tickets(by=SYSTEM)
    place = Place.objects.first()
    change = actions.ask_change(
        by=window.clerk, slot=window.slot, kind="reissue", reason="考生住院未能打印", wanted={"place": str(place.pk)}
    )
    actions.decide_change(by=window.head, change=change, approve=True)
    place.refresh_from_db()
    assert place.ticket_state == "replaced"
    assert place.ticket_issue == 2


def test_another_candidate_cannot_print_it(window, cast):
    from exams.errors import NotPermitted

    first, second = Place.objects.all()[:2]
    with pytest.raises(NotPermitted):
        actions.print_ticket(by=cast.candidate(second.application.person), place=first)
