"""The calendar: secret addresses, identities that stay, changes that count up, cancellations that remain."""

from datetime import timedelta

from icalendar import Calendar

from exams.sittings import actions
from exams.sittings.calendar import feed_text, token_of
from exams.sittings.models import CalendarFeed, Duty, Place
from tests.exams.sittings.scene import START


def entries(feed: CalendarFeed) -> list:
    return list(Calendar.from_ical(feed_text(feed)).walk("VEVENT"))


def test_a_candidate_s_feed_follows_every_change(scene, cast, client):
    scene.published()
    place = Place.objects.first()
    actor = cast.candidate(place.application.person)
    feed = actions.make_feed(by=actor)
    (first,) = entries(feed)
    change = actions.ask_change(
        by=scene.clerk,
        slot=scene.slot,
        kind="time",
        reason="停电",
        wanted={"starts_at": (START + timedelta(hours=1)).isoformat(), "ends_at": (START + timedelta(hours=3)).isoformat()},
    )
    actions.decide_change(by=scene.head, change=change, approve=True)
    (second,) = entries(feed)
    assert second["uid"] == first["uid"]
    assert second["sequence"] > first["sequence"]
    assert second.decoded("dtstart") == START + timedelta(hours=1)
    change = actions.ask_change(
        by=scene.clerk, slot=scene.slot, kind="cancel", reason="停电未恢复", wanted={"sitting": str(scene.sitting.pk)}
    )
    actions.decide_change(by=scene.head, change=change, approve=True)
    (third,) = entries(feed)
    assert third["uid"] == first["uid"]
    assert third["status"] == "CANCELLED"
    assert third["sequence"] > second["sequence"]


def test_a_withdrawn_duty_stays_as_cancelled(scene):
    scene.drawn().staffed()
    feed = actions.make_feed(by=scene.chief)
    assert [entry["status"] for entry in entries(feed)] == ["CONFIRMED"]
    actions.withdraw_duty(by=scene.clerk, duty=Duty.objects.get(person=scene.chief.person_id), reason="生病")
    assert [entry["status"] for entry in entries(feed)] == ["CANCELLED"]


def test_the_address_is_secret_and_a_new_one_kills_it(scene, client):
    assert scene.slot
    feed = actions.make_feed(by=scene.chief)
    address = f"/sittings/calendar/{feed.pk}/{token_of(feed)}.ics"
    assert client.get(address)["Content-Type"].startswith("text/calendar")
    assert client.get(f"/sittings/calendar/{feed.pk}/{'0' * 40}.ics").status_code == 404
    actions.make_feed(by=scene.chief)
    assert client.get(address).status_code == 404


def test_nothing_is_told_before_publication(scene, cast):
    scene.drawn()
    feed = actions.make_feed(by=cast.candidate(Place.objects.first().application.person))
    assert entries(feed) == []
