"""Messages between a room collector and the server: versioned JSON, parsed strictly, with nothing but the standard library."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, ClassVar

VERSION = 1
MAX_FRAME_BYTES = 65_536
MAX_BATCH_ITEMS = 100
MAX_PAGE_CHARACTERS = 8_000
MAX_ZONES = 200
MAX_MS = 1 << 53  # what a double, and so any JSON reader, still holds exactly

# One set of codes for faults, states and reports; the order is the gravity in which they are shown.
STATES = (
    "offline", "stalled", "covered", "moved", "frozen", "replayed", "corrupt", "low_light",
    "overexposed", "defocused", "partial", "beacon", "clock", "disk", "unknown", "ok",
)  # fmt: skip
DOUBT = frozenset({"clock"})

# Close codes of the socket; the error frame before the close says the same in words.
CLOSE_MALFORMED = 4400
CLOSE_UNAUTHENTICATED = 4401
CLOSE_REVOKED = 4403
CLOSE_UNSIGNED = 4405
CLOSE_UNCONFIRMED = 4407
CLOSE_TOO_LARGE = 4413
CLOSE_VERSION = 4426
CLOSE_OVER_CREDIT = 4429


class ProtocolError(ValueError):
    """A frame that cannot be accepted; `code` is fixed, `text` says what was found."""

    def __init__(self, code: str, text: str, close: int = CLOSE_MALFORMED) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.close = close


Check = Callable[[str, Any], Any]


def _integer(low: int, high: int) -> Check:
    def check(name: str, value: Any) -> int:
        # bool is an int in Python, not in the protocol
        if type(value) is not int or not low <= value <= high:
            raise ProtocolError("bad_value", f"{name} must be an integer from {low} to {high}")
        return value

    return check


def _text(limit: int, pattern: str = "", empty: bool = False) -> Check:
    form = re.compile(pattern) if pattern else None

    def check(name: str, value: Any) -> str:
        if not isinstance(value, str) or len(value) > limit or (not value and not empty):
            raise ProtocolError("bad_value", f"{name} must be a text of {0 if empty else 1} to {limit} characters")
        if form and not form.fullmatch(value):
            raise ProtocolError("bad_value", f"{name} does not have the form {pattern}")
        return value

    return check


def _boolean(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ProtocolError("bad_value", f"{name} must be true or false")
    return value


def _state(name: str, value: Any) -> str:
    if value not in STATES:
        raise ProtocolError("bad_value", f"{name} is not one of {', '.join(STATES)}")
    return str(value)


def _states(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or len(value) > len(STATES):
        raise ProtocolError("bad_value", f"{name} must be a list of states")
    states = tuple(sorted({_state(name, one) for one in value}, key=STATES.index))
    if len(states) != len(value):
        raise ProtocolError("bad_value", f"{name} names a state twice")
    if "ok" in states and len(states) > 1:
        raise ProtocolError("bad_value", f"{name}: ok stands alone")
    return states


def _zones(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAX_ZONES:
        raise ProtocolError("bad_value", f"{name} must be a list of at most {MAX_ZONES} seats")
    zones = tuple(sorted({_zone(name, one) for one in value}))
    if len(zones) != len(value):
        raise ProtocolError("bad_value", f"{name} names a seat twice")
    return zones


def _refusals(name: str, value: Any) -> tuple[tuple[int, str], ...]:
    if not isinstance(value, list) or len(value) > MAX_BATCH_ITEMS:
        raise ProtocolError("bad_value", f"{name} must be a list")
    return tuple(_refusal(name, one) for one in value)


def _refusal(name: str, value: Any) -> tuple[int, str]:
    if not isinstance(value, list) or len(value) != 2:
        raise ProtocolError("bad_value", f"{name} must hold pairs of number and code")
    return _milliseconds(name, value[0]), _text(40)(name, value[1])


_milliseconds = _integer(0, MAX_MS)
_uuid = _text(36, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_digest = _text(64, r"[0-9a-f]{64}")
_epoch = _text(64, r"[0-9A-Za-z:.+_-]+")
_zone = _text(40, r"[^,\x00-\x1f]+")
_signature = _text(86, r"[0-9A-Za-z_-]{86}")


def _checked(check: Check, **kwargs: Any) -> Any:
    return field(metadata={"check": check}, **kwargs)


@dataclass(frozen=True)
class Item:
    """One numbered thing that must reach the record."""

    kind: ClassVar[str]
    seq: int = _checked(_integer(1, MAX_MS))
    camera: str = _checked(_uuid)
    epoch: str = _checked(_epoch)


@dataclass(frozen=True)
class SegmentItem(Item):
    """The camera was in these states from start to end (agent's time, half open)."""

    kind: ClassVar[str] = "segment"
    start_ms: int = _checked(_milliseconds)
    end_ms: int = _checked(_milliseconds)
    states: tuple[str, ...] = _checked(_states)
    # What two other clocks showed at end_ms: the machine's wall clock, and its clock since it was switched on. 0: not told.
    wall_ms: int = _checked(_milliseconds, default=0)
    mono_ms: int = _checked(_milliseconds, default=0)
    # Seats that the picture did not show: with them `partial` holds for these seats alone, without for the whole view.
    zones: tuple[str, ...] = _checked(_zones, default=())


@dataclass(frozen=True)
class FileItem(Item):
    """A recording file was closed; the chain digest binds it to all files of the camera before it."""

    kind: ClassVar[str] = "file"
    start_ms: int = _checked(_milliseconds)
    end_ms: int = _checked(_milliseconds)
    bytes: int = _checked(_integer(0, MAX_MS))
    sha256: str = _checked(_digest)
    chain: str = _checked(_digest)
    name: str = _checked(_text(200, r"[^/\\\x00-\x1f]+"))


@dataclass(frozen=True)
class FaultItem(Item):
    """A fault began or ended; first_bad_ms is when the doubt began, at_ms when it was certain."""

    kind: ClassVar[str] = "fault"
    state: str = _checked(_state)
    on: bool = _checked(_boolean)
    first_bad_ms: int = _checked(_milliseconds)
    at_ms: int = _checked(_milliseconds)
    detail: str = _checked(_text(200, empty=True))


@dataclass(frozen=True)
class PageItem(Item):
    """A quarter of an hour or more of one camera, signed by the agent and kept word for word: whoever has the key can check its author."""

    kind: ClassVar[str] = "page"
    start_ms: int = _checked(_milliseconds)
    end_ms: int = _checked(_milliseconds)
    text: str = _checked(_text(MAX_PAGE_CHARACTERS))
    sig: str = _checked(_signature)


ITEMS: dict[str, type[Item]] = {one.kind: one for one in (SegmentItem, FileItem, FaultItem, PageItem)}


def _items(name: str, value: Any) -> tuple[Item, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_BATCH_ITEMS:
        raise ProtocolError("bad_value", f"{name} must be a list of 1 to {MAX_BATCH_ITEMS} items")
    items = tuple(item_from(one) for one in value)
    for before, after in zip(items, items[1:], strict=False):
        if after.seq != before.seq + 1:
            raise ProtocolError("bad_sequence", f"item {after.seq} follows item {before.seq}")
    return items


@dataclass(frozen=True)
class Hello:
    """Agent: who I am, which spool I hold, which numbers are in it, what my clocks say; boot names this start of the machine."""

    kind: ClassVar[str] = "hello"
    spool: str = _checked(_uuid)
    epoch: str = _checked(_epoch)
    first: int = _checked(_integer(1, MAX_MS))
    last: int = _checked(_milliseconds)
    at_ms: int = _checked(_milliseconds)
    software: str = _checked(_text(80))
    token: str = _checked(_text(200, empty=True), default="")
    wall_ms: int = _checked(_milliseconds, default=0)
    boot: str = _checked(_text(64, r"[0-9a-f-]*", empty=True), default="")


@dataclass(frozen=True)
class Batch:
    """Agent: numbered items without a hole between them, signed; the rest says how the clocks of both sides stand to one another."""

    kind: ClassVar[str] = "batch"
    at_ms: int = _checked(_milliseconds)  # the agent's own time, in which all items are told, when this was sent
    items: tuple[Item, ...] = _checked(_items)
    wall_ms: int = _checked(_milliseconds, default=0)  # its wall clock at that moment
    echo_ms: int = _checked(_milliseconds, default=0)  # the server's time in the last answer, and the own time when it was heard
    heard_ms: int = _checked(_milliseconds, default=0)
    sig: str = _checked(_signature, default="")


@dataclass(frozen=True)
class Beat:
    """Agent: nothing new, still here."""

    kind: ClassVar[str] = "beat"
    at_ms: int = _checked(_milliseconds)
    wall_ms: int = _checked(_milliseconds, default=0)
    echo_ms: int = _checked(_milliseconds, default=0)
    heard_ms: int = _checked(_milliseconds, default=0)


@dataclass(frozen=True)
class Resume:
    """Server: everything up to seq is stored; go on after it."""

    kind: ClassVar[str] = "resume"
    seq: int = _checked(_milliseconds)
    credit: int = _checked(_integer(0, 100_000))
    now_ms: int = _checked(_milliseconds)


@dataclass(frozen=True)
class Ack:
    """Server: everything up to seq is stored durably; refused lists what was not accepted and why."""

    kind: ClassVar[str] = "ack"
    seq: int = _checked(_milliseconds)
    credit: int = _checked(_integer(0, 100_000))
    now_ms: int = _checked(_milliseconds)
    refused: tuple[tuple[int, str], ...] = _checked(_refusals, default=())


@dataclass(frozen=True)
class Error:
    """Server: why the connection closes now."""

    kind: ClassVar[str] = "error"
    code: str = _checked(_text(40))
    text: str = _checked(_text(400, empty=True))


FROM_AGENT: dict[str, type[Any]] = {one.kind: one for one in (Hello, Batch, Beat)}
FROM_SERVER: dict[str, type[Any]] = {one.kind: one for one in (Resume, Ack, Error)}
AgentMessage = Hello | Batch | Beat
ServerMessage = Resume | Ack | Error


def _build(kind: type[Any], body: dict[str, Any], aside: frozenset[str]) -> Any:
    known = {one.name: one for one in fields(kind)}
    stray = sorted(set(body) - set(known) - aside)
    if stray:
        raise ProtocolError("unknown_field", f"{kind.kind} has no field {stray[0]}")
    values = {}
    for name, one in known.items():
        if name in body:
            values[name] = one.metadata["check"](name, body[name])
        elif one.default is MISSING:
            raise ProtocolError("missing_field", f"{kind.kind} needs {name}")
    return kind(**values)


def item_from(body: Any) -> Item:
    """One item from its JSON object."""
    if not isinstance(body, dict) or not isinstance(body.get("k"), str) or body["k"] not in ITEMS:
        raise ProtocolError("unknown_item", f"an item is one of {', '.join(ITEMS)}")
    item: Item = _build(ITEMS[body["k"]], body, frozenset({"k"}))
    if isinstance(item, SegmentItem | FileItem | PageItem) and item.end_ms <= item.start_ms:
        raise ProtocolError("bad_value", f"item {item.seq} ends before it starts")
    if isinstance(item, SegmentItem) and item.zones and "partial" not in item.states:
        raise ProtocolError("bad_value", f"item {item.seq} names hidden seats and is not partial")
    if isinstance(item, FaultItem) and item.at_ms < item.first_bad_ms:
        raise ProtocolError("bad_value", f"item {item.seq} is certain before it began")
    return item


GENESIS = "0" * 64


def chained(before: str, sha256: str) -> str:
    """The next link of a camera's recordings: a file can be neither taken out nor put in without breaking all links after it."""
    return hashlib.sha256(bytes.fromhex(before) + bytes.fromhex(sha256)).hexdigest()


def item_body(item: Item) -> dict[str, Any]:
    """The JSON object of one item."""
    return {"k": item.kind, **asdict(item)}


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ProtocolError("repeated_field", "a field stands twice in one object")
    return body


def _no_constant(name: str) -> Any:
    raise ProtocolError("bad_value", f"{name} is not a number of the protocol")


def decode(frame: str | bytes | None, known: dict[str, type[Any]] = FROM_AGENT) -> Any:
    """The message in a text frame; raises ProtocolError with a code for whatever is wrong with it."""
    if not isinstance(frame, str):
        raise ProtocolError("not_text", "frames are JSON texts")
    if len(frame) > MAX_FRAME_BYTES or len(frame.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise ProtocolError("too_large", f"a frame has at most {MAX_FRAME_BYTES} bytes", CLOSE_TOO_LARGE)
    try:
        body = json.loads(frame, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except ProtocolError:
        raise
    except (ValueError, RecursionError) as problem:
        raise ProtocolError("not_json", "the frame is not JSON") from problem
    if not isinstance(body, dict):
        raise ProtocolError("not_an_object", "a message is a JSON object")
    if body.get("v") != VERSION or type(body.get("v")) is not int:
        raise ProtocolError("version", f"this side speaks version {VERSION}", CLOSE_VERSION)
    if not isinstance(body.get("k"), str) or body["k"] not in known:
        raise ProtocolError("unknown_message", f"a message here is one of {', '.join(known)}")
    return _build(known[body["k"]], body, frozenset({"v", "k"}))


def encode(message: AgentMessage | ServerMessage) -> str:
    """The text frame of a message; what is at its default is left out."""
    body: dict[str, Any] = {"v": VERSION, "k": message.kind}
    body |= {one.name: value for one in fields(message) if (value := getattr(message, one.name)) != one.default}
    if isinstance(message, Batch):
        body["items"] = [item_body(item) for item in message.items]
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)
