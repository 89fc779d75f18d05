"""Cameras that replay: an RTSP server of our own which sends the H.264 of a film over TCP, in real time and in a loop, to whoever asks.

Frames are cut into RTP packets of the size an Ethernet allows, as cameras do even over TCP. Packets of a frame are made once
and sent to all who watch the same phase of the film; phases keep the key frames of many cameras apart.
"""

from __future__ import annotations

import asyncio
import base64
import struct
import time
from pathlib import Path

import av

PAYLOAD = 1_400
CLOCK = 90_000


class Film:
    """One film as NAL units per frame, and those who watch each phase of it."""

    def __init__(self, path: Path, phases: int) -> None:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            self.fps = float(stream.average_rate)
            self.sets = _parameter_sets(stream.codec_context.extradata)
            packets = [packet for packet in container.demux(stream) if packet.size]
        self.frames = [(packet.is_keyframe, _units(bytes(packet))) for packet in packets]
        self.phases = [Phase(self, number * len(self.frames) // phases) for number in range(phases)]

    def sdp(self) -> str:
        sprop = ",".join(base64.b64encode(one).decode() for one in self.sets)
        profile = self.sets[0][1:4].hex()
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=film\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
            f"a=fmtp:96 packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={sprop}\r\na=control:track\r\n"
        )


class Phase:
    """The film from one point on, sent as long as somebody watches."""

    def __init__(self, film: Film, first: int) -> None:
        self.film, self.at, self.sequence, self.number = film, first, 0, 0
        self.silent = False  # frames pass unsent, as with a camera whose cable is out but whose session lives
        self.watching: set[asyncio.StreamWriter] = set()
        self.waiting: set[asyncio.StreamWriter] = set()

    async def run(self) -> None:
        begun = time.monotonic()
        while True:
            key, units = self.film.frames[self.at]
            if key:
                self.watching |= self.waiting
                self.waiting.clear()
            if self.watching and not self.silent:
                data = self._packed(key, units)
                for writer in list(self.watching):
                    if writer.is_closing() or writer.transport.get_write_buffer_size() > 8_000_000:
                        self.watching.discard(writer)
                    else:
                        writer.write(data)
            self.at = (self.at + 1) % len(self.film.frames)
            self.number += 1
            await asyncio.sleep(max(0.0, begun + self.number / self.film.fps - time.monotonic()))

    def _packed(self, key: bool, units: list[bytes]) -> bytes:
        stamp = round(self.number * CLOCK / self.film.fps) & 0xFFFFFFFF
        parts = [piece for unit in ([*self.film.sets, *units] if key else units) for piece in _pieces(unit)]
        data = bytearray()
        for number, piece in enumerate(parts):
            last = number == len(parts) - 1
            data += struct.pack(">cBHBBHII", b"$", 0, 12 + len(piece), 0x80, 96 | (0x80 if last else 0), self.sequence, stamp, 7) + piece
            self.sequence = (self.sequence + 1) & 0xFFFF
        return bytes(data)


def _pieces(unit: bytes) -> list[bytes]:
    """A NAL unit as it is, or in fragments (FU-A)."""
    if len(unit) <= PAYLOAD:
        return [unit]
    indicator, kind, body = unit[0] & 0xE0 | 28, unit[0] & 0x1F, unit[1:]
    pieces = []
    for at in range(0, len(body), PAYLOAD):
        first, last = 0x80 if at == 0 else 0, 0x40 if at + PAYLOAD >= len(body) else 0
        pieces.append(bytes([indicator, kind | first | last]) + body[at : at + PAYLOAD])
    return pieces


def _units(sample: bytes) -> list[bytes]:
    units, at = [], 0
    while at < len(sample):
        (length,) = struct.unpack_from(">I", sample, at)
        units.append(sample[at + 4 : at + 4 + length])
        at += 4 + length
    return [one for one in units if one[0] & 0x1F not in (6, 7, 8, 9)]


def _parameter_sets(avcc: bytes) -> list[bytes]:
    sets, at = [], 5
    for _ in range(2):
        count = avcc[at] & 0x1F
        at += 1
        for _ in range(count):
            (length,) = struct.unpack_from(">H", avcc, at)
            sets.append(avcc[at + 2 : at + 2 + length])
            at += 2 + length
    return sets


class Server:
    """Answers rtsp://127.0.0.1:port/NAME/PHASE."""

    def __init__(self, films: dict[str, Film]) -> None:
        self.films = films

    async def start(self, port: int) -> None:
        self._tasks = [asyncio.ensure_future(phase.run()) for film in self.films.values() for phase in film.phases]
        await asyncio.start_server(self._serve, "127.0.0.1", port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        phase: Phase | None = None
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")) is not None:
                while head[:1] == b"$":  # reports of the receiver are of no interest
                    (length,) = struct.unpack_from(">H", head, 2)
                    head = head[4 + length :]
                method, url, *_ = head.decode("latin-1").split(" ")
                film, phase = self._asked(url)
                writer.write(self._answer(method, head.decode("latin-1"), url, film))
                if method == "PLAY":
                    phase.waiting.add(writer)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            if phase is not None:
                phase.watching.discard(writer)
                phase.waiting.discard(writer)
            writer.close()

    def _asked(self, url: str) -> tuple[Film, Phase]:
        name, number = url.removesuffix("/").removesuffix("/track").rsplit("/", 2)[-2:]
        film = self.films[name]
        return film, film.phases[int(number) % len(film.phases)]

    def _answer(self, method: str, head: str, url: str, film: Film) -> bytes:
        number = next(line.split(":")[1].strip() for line in head.split("\r\n") if line.lower().startswith("cseq"))
        more, body = {
            "OPTIONS": ("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n", ""),
            "DESCRIBE": (f"Content-Type: application/sdp\r\nContent-Base: {url}/\r\n", film.sdp()),
            "SETUP": ("Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1;timeout=600\r\n", ""),
        }.get(method, ("Session: 1\r\n", ""))
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        return f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{more}{length}\r\n{body}".encode()
