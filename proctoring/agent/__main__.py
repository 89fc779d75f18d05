"""Command line of the room collector: watch a venue, learn its references, judge one source, or check the recordings."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2

from proctoring.faults.detector import Grey

from .collector import Collector
from .config import Config, ConfigError, load
from .enrolment import EnrolmentError, enrol
from .ledger import verified
from .sources import FAILURES, pictures, without_password
from .spool import Spool
from .status import shown
from .uplink import SOFTWARE
from .watch import Watch


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; the exit status says whether all is well."""
    given = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    cv2.setNumThreads(1)
    if given.enrol:
        return enrolled(given.enrol, given.config or Path("agent.json"))
    if given.judge:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        return judge(given.judge, given.fps)
    if given.config is None:
        _parser().error("one of --config, --enrol and --judge is needed")
    try:
        config = load(given.config)
    except (ConfigError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    if given.status:
        code, words = shown(config.state_dir / "status.json")
        print(words)
        return code
    if given.verify:
        return verify(config)
    collector = Collector(config)
    if given.learn:
        missing = collector.learn()
        print("\n".join(f"{name}: no picture that could serve as reference" for name in missing) or "references learned", file=sys.stderr)
        return 1 if missing else 0
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: collector.stop())
    collector.run()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proctoring.agent", description=__doc__)
    parser.add_argument("--config", type=Path, help="TOML or JSON file; watch its cameras until SIGTERM")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--enrol", metavar="CODE", help="claim a place with the enrolment code or a picture of it; writes --config")
    what.add_argument("--judge", metavar="SOURCE", help="judge one source as fast as it can be read; prints JSON lines")
    parser.add_argument("--fps", type=float, default=1.0, help="samples per second for --judge (default 1)")
    parser.add_argument("--learn", action="store_true", help="with --config: learn the references of the empty rooms, then end")
    parser.add_argument("--status", action="store_true", help="with --config: say how the running collector is, then end")
    parser.add_argument("--verify", action="store_true", help="with --config: compare the recordings with their digests, then end")
    return parser


def enrolled(code: str, config: Path) -> int:
    """Enrol, and say what remains to be done."""
    try:
        shown = enrol(code, config, SOFTWARE)
    except (EnrolmentError, OSError) as problem:
        print(f"Not enrolled: {problem}", file=sys.stderr)
        return 1
    print(f"Enrolled; the configuration is {config}. Fingerprint of this machine's key:\n\n    {shown}\n")
    print("Compare it with the one on the page of the room collector and confirm it there; nothing is taken from this machine before.")
    return 0


def judge(source: str, fps: float) -> int:
    """Print one line per fault that begins or ends and, at the end, the states of all time."""
    watch, spans, status = Watch(), [], 0
    try:
        for at, grey in _sampled(source, fps):
            for change in watch.look(grey, at):
                fault = change.fault
                line = {"at_ms": at, "state": fault.state, "on": change.on, "first_bad_ms": fault.first_bad, "detail": fault.detail}
                print(json.dumps(line), flush=True)
            spans += watch.settled()
    except FAILURES as problem:
        # what was seen before the source failed was seen
        print(without_password(problem), file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        pass
    for piece in _joined(spans + watch.settled(finish=True)):
        print(json.dumps(piece), flush=True)
    return status


def _sampled(source: str, fps: float) -> Iterator[tuple[int, Grey]]:
    due = -1.0
    for at, grey in pictures(source):
        if at >= due:
            due = max(due, float(at)) + 1000 / fps
            yield at, grey


def _joined(pieces: list) -> list[dict]:
    joined: list[dict] = []
    for piece in pieces:
        if joined and joined[-1]["states"] == list(piece.states) and joined[-1]["end_ms"] == piece.start_ms:
            joined[-1]["end_ms"] = piece.end_ms
        else:
            joined.append({"start_ms": piece.start_ms, "end_ms": piece.end_ms, "states": list(piece.states)})
    return joined


def verify(config: Config) -> int:
    """Read all kept recordings again and compare digests and links with the ledger; prints what is wrong."""
    spool = Spool(config.state_dir / "spool.sqlite3")
    wrong = list(verified(spool, config.record_dir or config.state_dir))
    for name, word in wrong:
        print(f"{word}: {name}")
    with spool.reading() as db:
        rows = db.execute("SELECT camera, count(*), sum(removed_ms IS NULL), sum(bytes) FROM file GROUP BY camera").fetchall()
    names = {camera.id: camera.name for camera in config.cameras}
    for camera, files, here, size in rows:
        head = spool.fact(f"chain {camera}")
        print(f"{names.get(camera, camera)}: {files} recordings, {here} of them here, {size} bytes, chain ends with {head}")
    print(f"{len(wrong)} wrong" if wrong else "all recordings agree with their digests and chains")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
