"""The socket of room collectors: only true credentials, only sound frames, and nothing acknowledged before it is stored."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from exams import clock
from proctoring import protocol
from proctoring.agent import key
from proctoring.authorship import base64url, fingerprint, page_words, sealed
from proctoring.cameras import actions
from proctoring.coverage.models import Page, Rejection, Segment
from proctoring.ingest import consumer, storing
from tests.cast import Cast
from tests.proctoring.room import EPOCH, Sender, Watched, claimed, dial, heard, hello, ms, shut

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def watched(cast: Cast) -> Watched:
    return Watched(cast).seated()


async def greeted(watched: Watched):
    line = await dial(watched.token)
    await line.send_to(text_data=protocol.encode(hello(watched.spool)))
    answer = await heard(line)
    assert (answer.seq, answer.credit) == (0, storing.CREDIT)
    return line


def batch(watched: Watched, first: int = 1, camera: str = "") -> protocol.Batch:
    start = ms(watched.starts)
    item = protocol.SegmentItem(
        first, camera or str(watched.cameras[0].pk), "e", start + 1000 * first, start + 1000 * first + 1000, ("ok",)
    )
    return protocol.Batch(ms(watched.now), (item,))


async def test_a_batch_is_acknowledged_after_it_is_stored(watched: Watched):
    line = await greeted(watched)
    await line.send_to(text_data=watched.sealed(batch(watched)))
    assert (await heard(line)).seq == 1
    assert await sync_to_async(Segment.objects.count)() == 1
    await line.disconnect()


async def test_the_token_may_come_with_the_first_hello(watched: Watched):
    line = await dial(None)
    await line.send_to(text_data=protocol.encode(hello(watched.spool, token=watched.token)))
    assert isinstance(await heard(line), protocol.Resume)
    await line.disconnect()


@pytest.mark.parametrize("damage", ["", "x", "zz.yy", "{hex}.", "{hex}.wrong", "00000000000000000000000000000000.secret"])
async def test_a_wrong_token_is_refused(watched: Watched, damage: str):
    line = await dial(damage.format(hex=watched.agent.pk.hex) or " ")
    if not damage:
        await line.send_to(text_data=protocol.encode(hello(token="")))
    assert await shut(line) == ("unauthenticated", protocol.CLOSE_UNAUTHENTICATED)


async def test_nothing_is_taken_before_hello_and_token(watched: Watched):
    line = await dial(None)
    await line.send_to(text_data=watched.sealed(batch(watched)))
    assert await shut(line) == ("unauthenticated", protocol.CLOSE_UNAUTHENTICATED)
    line = await dial(watched.token)
    await line.send_to(text_data=watched.sealed(batch(watched)))
    assert await shut(line) == ("no_hello", protocol.CLOSE_MALFORMED)


async def test_a_hello_that_was_held_up_does_not_make_the_whole_start_doubtful(watched: Watched):
    line = await dial(watched.token)
    now = ms(clock.machine())
    # the hello waited three seconds somewhere; the beat after it did not
    await line.send_to(text_data=protocol.encode(hello(watched.spool, at_ms=now - 3000)))
    assert isinstance(await heard(line), protocol.Resume)
    await line.send_to(text_data=protocol.encode(protocol.Beat(ms(clock.machine()))))
    start = ms(watched.starts)
    item = protocol.SegmentItem(1, str(watched.cameras[0].pk), EPOCH, start, start + 1000, ("ok",))
    await line.send_to(text_data=watched.sealed(protocol.Batch(ms(clock.machine()), (item,))))
    assert (await heard(line)).seq == 1
    stored = await sync_to_async(Segment.objects.get)()
    assert stored.states == "ok"
    assert abs(stored.start_ms - start) < 1500
    await line.disconnect()


async def test_whoever_keeps_silent_is_closed(watched: Watched, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(consumer, "HELLO_SECONDS", 0.05)
    for token in (None, watched.token):
        line = await dial(token)
        assert await shut(line) == ("no_hello", protocol.CLOSE_UNAUTHENTICATED)


async def test_whoever_said_hello_stays(watched: Watched, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(consumer, "HELLO_SECONDS", 0.3)
    line = await greeted(watched)
    assert await line.receive_nothing(timeout=0.6)
    await line.send_to(text_data=watched.sealed(batch(watched)))
    assert (await heard(line)).seq == 1
    await line.disconnect()


RUBBISH = {
    "not json": ("{", "not_json"),
    "a list": ("[]", "not_an_object"),
    "deep": ("[" * 60_000, "not_json"),
    "no version": ('{"k":"beat","at_ms":1}', "version"),
    "another version": ('{"v":2,"k":"beat","at_ms":1}', "version"),
    "true for a version": ('{"v":true,"k":"beat","at_ms":1}', "version"),
    "unknown message": ('{"v":1,"k":"drop"}', "unknown_message"),
    "a list for a kind": ('{"v":1,"k":["beat"]}', "unknown_message"),
    "the server's own message": ('{"v":1,"k":"ack","seq":1,"credit":1,"now_ms":1}', "unknown_message"),
    "missing field": ('{"v":1,"k":"beat"}', "missing_field"),
    "stray field": ('{"v":1,"k":"beat","at_ms":1,"x":1}', "unknown_field"),
    "repeated field": ('{"v":1,"k":"beat","at_ms":1,"at_ms":2}', "repeated_field"),
    "not a number": ('{"v":1,"k":"beat","at_ms":NaN}', "bad_value"),
    "a fraction": ('{"v":1,"k":"beat","at_ms":1.5}', "bad_value"),
    "an empty batch": ('{"v":1,"k":"batch","at_ms":1,"items":[]}', "bad_value"),
    "an unknown item": ('{"v":1,"k":"batch","at_ms":1,"items":[{"k":"x"}]}', "unknown_item"),
    "an item of a list kind": ('{"v":1,"k":"batch","at_ms":1,"items":[{"k":[]}]}', "unknown_item"),
    "too large": (json.dumps({"v": 1, "k": "beat", "x": "y" * 70_000}), "too_large"),
}


@pytest.mark.parametrize("name", RUBBISH)
async def test_rubbish_is_answered_with_its_code_and_the_end(watched: Watched, name: str):
    frame, code = RUBBISH[name]
    line = await greeted(watched)
    await line.send_to(text_data=frame)
    assert (await shut(line))[0] == code
    assert await sync_to_async(Segment.objects.count)() == 0


async def test_bytes_are_rubbish_too(watched: Watched):
    line = await greeted(watched)
    await line.send_to(bytes_data=b"\x00\xff")
    assert (await shut(line))[0] == "not_text"


async def test_a_foreign_camera_is_refused_and_kept_as_refused(watched: Watched, cast: Cast):
    other = await sync_to_async(lambda: Watched(cast, "2026-10", body=cast.other_body).seated())()
    line = await greeted(watched)
    await line.send_to(text_data=watched.sealed(batch(watched, camera=str(other.cameras[0].pk))))
    answer = await heard(line)
    assert (answer.seq, answer.refused) == (1, ((1, "foreign_camera"),))
    assert await sync_to_async(Segment.objects.count)() == 0
    assert await sync_to_async(Rejection.objects.count)() == 1
    await line.disconnect()


async def test_a_revoked_collector_is_shut_out_with_its_next_frame(watched: Watched):
    line = await greeted(watched)
    await sync_to_async(actions.revoke_agent)(by=watched.technician, agent=watched.agent, reason="stolen")
    await line.send_to(text_data=watched.sealed(batch(watched)))
    assert await shut(line) == ("revoked", protocol.CLOSE_REVOKED)
    assert await sync_to_async(Segment.objects.count)() == 0
    line = await dial(watched.token)
    assert await shut(line) == ("unauthenticated", protocol.CLOSE_UNAUTHENTICATED)


async def test_another_machine_that_claims_the_place_shuts_the_old_one_out(watched: Watched):
    line = await greeted(watched)
    other = key.new()
    code = await sync_to_async(actions.renew_code)(by=watched.technician, agent=watched.agent)
    fresh = await sync_to_async(claimed)(watched.agent, code, other)
    await line.send_to(text_data=protocol.encode(protocol.Beat(ms(watched.now))))
    assert await shut(line) == ("revoked", protocol.CLOSE_REVOKED)
    line = await dial(fresh)
    assert await shut(line) == ("unconfirmed", protocol.CLOSE_UNCONFIRMED)
    await sync_to_async(actions.confirm_key)(by=watched.technician, agent=watched.agent, fingerprint=fingerprint(other.public))
    line = await dial(fresh)
    await line.send_to(text_data=protocol.encode(hello(watched.spool)))
    assert isinstance(await heard(line), protocol.Resume)
    await line.send_to(text_data=watched.sealed(batch(watched)))
    assert await shut(line) == ("bad_signature", protocol.CLOSE_UNSIGNED)


def forged(watched: Watched, way: str) -> str:
    """A batch that the collector's key did not sign as it stands."""
    good = watched.sealed(batch(watched))
    if way == "unsigned":
        return protocol.encode(batch(watched))
    if way == "somebody else's key":
        return watched.sealed(batch(watched), key.new())
    if way == "another spool":
        return sealed(batch(watched), str(uuid4()), watched.key.sign)
    if way == "a state changed":
        return good.replace('"ok"', '"unknown"')
    return f'{good[:-1]},"wall_ms":1}}'  # the signature is not the last


@pytest.mark.parametrize("way", ["unsigned", "somebody else's key", "another spool", "a state changed", "something after it"])
async def test_only_what_the_key_signed_is_stored(watched: Watched, way: str):
    line = await greeted(watched)
    await line.send_to(text_data=forged(watched, way))
    code, close = await shut(line)
    assert (code in ("unsigned", "bad_signature"), close) == (True, protocol.CLOSE_UNSIGNED)
    assert await sync_to_async(Segment.objects.count)() == 0


async def test_a_page_is_kept_word_for_word_if_the_key_signed_it(watched: Watched):
    line = await greeted(watched)
    start, camera = ms(watched.starts), str(watched.cameras[0].pk)
    texts = ['{"runs":[[0,1000,"ok"]]}', "考场"]
    good = base64url(watched.key.sign(page_words(texts[0])))
    pages = tuple(protocol.PageItem(n, camera, EPOCH, start, start + 1000, text, good) for n, text in enumerate(texts, 1))
    await line.send_to(text_data=watched.sealed(protocol.Batch(ms(clock.machine()), pages)))
    assert (await heard(line)).refused == ((2, "bad_signature"),)
    kept = await sync_to_async(lambda: Page.objects.select_related("key").get())()
    assert (kept.text, kept.signature, kept.key.public_key) == (texts[0], good, watched.key.public)
    await line.disconnect()


async def test_more_than_the_credit_ends_the_connection(watched: Watched):
    line = await greeted(watched)
    await line.send_to(text_data=watched.sealed(batch(watched, first=storing.CREDIT + 1)))
    assert await shut(line) == ("over_credit", protocol.CLOSE_OVER_CREDIT)


async def test_a_hole_in_the_numbers_is_asked_for_again(watched: Watched):
    line = await greeted(watched)
    await line.send_to(text_data=watched.sealed(batch(watched, first=3)))
    answer = await heard(line)
    assert (type(answer), answer.seq) == (protocol.Resume, 0)
    assert await sync_to_async(Segment.objects.count)() == 0
    await line.disconnect()


async def test_a_replayed_batch_is_stored_once(watched: Watched):
    line = await greeted(watched)
    for _ in range(3):
        await line.send_to(text_data=watched.sealed(batch(watched)))
        assert (await heard(line)).seq == 1
    assert await sync_to_async(Segment.objects.count)() == 1
    await line.disconnect()


async def test_a_clock_that_runs_away_makes_the_time_doubtful(watched: Watched):
    sender = await sync_to_async(Sender)(watched)
    start = ms(watched.starts)
    await sync_to_async(sender.store)(sender.segment(watched.cameras[0], start, start + 1000), doubtful=True)
    assert await sync_to_async(lambda: Segment.objects.get().states)() == "clock"
