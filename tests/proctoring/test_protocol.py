"""Messages: what was encoded is decoded as it was, and whatever else arrives is refused with a code, never with a crash."""

from __future__ import annotations

import contextlib
import json
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proctoring import protocol
from proctoring.protocol import (
    FROM_SERVER,
    STATES,
    Ack,
    Batch,
    Beat,
    Error,
    FaultItem,
    FileItem,
    Hello,
    ProtocolError,
    Resume,
    SegmentItem,
    chained,
    decode,
    encode,
)

moments = st.integers(0, 1 << 53)
cameras = st.integers(0, (1 << 128) - 1).map(lambda n: str(UUID(int=n)))
spans = st.tuples(st.integers(0, 1 << 50), st.integers(1, 1 << 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))
faulty = st.sets(st.sampled_from([one for one in STATES if one != "ok"]), min_size=1).map(
    lambda found: tuple(sorted(found, key=STATES.index))
)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    first, items = draw(st.integers(1, 1 << 40)), []
    for n in range(draw(st.integers(1, 6))):
        start, end = draw(spans)
        camera, seq = draw(cameras), first + n
        items.append(draw(st.sampled_from([
            SegmentItem(seq, camera, "e-1", start, end, draw(faulty | st.just(("ok",)))),
            SegmentItem(seq, camera, "e-1", start, end, ("partial",), zones=draw(st.sampled_from([(), ("01",), ("01", "甲2")]))),
            FileItem(seq, camera, "e-1", start, end, 5, draw(digests), draw(digests), "a.mp4"),
            FaultItem(seq, camera, "e-1", "moved", draw(st.booleans()), start, end, draw(st.text(max_size=20))),
        ])))  # fmt: skip
    return Batch(draw(moments), tuple(items))


@settings(max_examples=200, deadline=None)
@given(batches())
def test_a_batch_comes_out_as_it_went_in(batch: Batch):
    assert decode(encode(batch)) == batch


@given(moments, moments)
def test_the_other_messages_too(seq: int, now: int):
    assert decode(encode(Beat(now))) == Beat(now)
    assert decode(encode(Hello(str(UUID(int=1)), "e", 1, seq, now, "s", "t"))) == Hello(str(UUID(int=1)), "e", 1, seq, now, "s", "t")
    for message in (Resume(seq, 400, now), Ack(seq, 0, now, ((seq, "future"),)), Error("code", "text")):
        assert decode(encode(message), FROM_SERVER) == message


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["batch", "segment", "hello", "ok"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["v", "k", "items", "seq", "states", "at_ms", "x"]), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(max_examples=400, deadline=None)
@given(json_values, st.booleans())
def test_whatever_arrives_is_understood_or_refused(value, dressed: bool):
    if dressed and isinstance(value, dict):
        value = {**value, "v": 1, "k": "batch"}
    try:
        decode(json.dumps(value))
    except ProtocolError as refused:
        assert refused.code and refused.close >= 4400


@settings(max_examples=150, deadline=None)
@given(batches(), st.data())
def test_a_bent_message_is_refused_or_says_something_else(batch: Batch, data: st.DataObject):
    text = encode(batch)
    at = data.draw(st.integers(0, len(text) - 1))
    bent = text[:at] + data.draw(st.sampled_from('"{}[]:,x0')) + text[at + 1 :]
    with contextlib.suppress(ProtocolError):
        assert bent == text or decode(bent) != batch


GOOD = {"k": "segment", "seq": 1, "camera": str(UUID(int=1)), "epoch": "e", "start_ms": 1, "end_ms": 2, "states": ["ok"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"seq": 0}, {"seq": True}, {"seq": "1"}, {"camera": str(UUID(int=10)).upper()}, {"camera": "x"}, {"epoch": ""}, {"epoch": "a b"},
        {"end_ms": 1},
        {"end_ms": 0}, {"start_ms": -1}, {"end_ms": (1 << 53) + 1}, {"states": []}, {"states": ["ok", "ok"]}, {"states": ["ok", "moved"]},
        {"states": ["fine"]}, {"states": "ok"}, {"states": [["ok"]]}, {"extra": 1},
    ],
)  # fmt: skip
def test_an_unsound_item_is_refused(wrong: dict):
    assert protocol.item_from(GOOD)
    with pytest.raises(ProtocolError):
        protocol.item_from({**GOOD, **wrong})


def test_items_follow_one_another_without_a_hole():
    body = {"v": 1, "k": "batch", "at_ms": 1, "items": [GOOD, {**GOOD, "seq": 3}]}
    with pytest.raises(ProtocolError, match="bad_sequence"):
        decode(json.dumps(body))


def test_a_name_of_a_file_is_no_path():
    with pytest.raises(ProtocolError):
        protocol.item_from(
            {
                **{key: GOOD[key] for key in ("seq", "camera", "epoch", "start_ms", "end_ms")},
                "k": "file",
                "bytes": 1,
                "sha256": "0" * 64,
                "chain": "0" * 64,
                "name": "../x",
            }
        )


def test_a_chain_depends_on_every_link():
    one, other = chained("0" * 64, "1" * 64), chained("0" * 64, "2" * 64)
    assert chained(one, "3" * 64) != chained(other, "3" * 64)


@pytest.mark.parametrize(
    ("states", "zones"), [(["ok"], ["01"]), (["partial"], ["01", "01"]), (["partial"], ["0,1"]), (["partial"], [""]), (["partial"], "01")]
)
def test_hidden_seats_are_named_once_and_only_where_the_view_is_partial(states: list[str], zones: object):
    of = {"k": "segment", "seq": 1, "camera": str(UUID(int=7)), "epoch": "e", "start_ms": 1, "end_ms": 2}
    body = {**of, "states": states, "zones": zones}
    with pytest.raises(ProtocolError, match="bad_value"):
        protocol.item_from(body)
