"""Command line of the room collector: watch a venue, learn its references, judge one source, or check the recordings."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path

import cv2

from . import removal
from .collector import Collector
from .config import Config, ConfigError, load
from .enrolment import EnrolmentError, enrol
from .judge import judge
from .ledger import verified
from .spool import Spool
from .status import shown
from .uplink import SOFTWARE


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; the exit status says whether all is well."""
    given = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    cv2.setNumThreads(1)
    if given.enrol:
        return enrolled(given.enrol, given.config or Path("agent.json"))
    if given.judge is not None:
        if not 0.1 <= given.fps <= 25:
            print("--fps is 0.1 to 25", file=sys.stderr)
            return 2
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        return judge(given.judge, given.fps, given.reference)
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
    if given.remove:
        return remove(config, given.remove)
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
    parser.add_argument("--reference", metavar="FILE", type=Path, help="with --judge: a picture or a video of the empty room")
    parser.add_argument("--learn", action="store_true", help="with --config: learn the references of the empty rooms, then end")
    parser.add_argument("--status", action="store_true", help="with --config: say how the running collector is, then end")
    parser.add_argument("--verify", action="store_true", help="with --config: compare the recordings with their digests, then end")
    parser.add_argument("--remove", metavar="LIST", type=Path, help="with --config: remove the recordings of an approved list")
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


def remove(config: Config, path: Path) -> int:
    """Work through a list of the server; the digest printed at the end is what is entered there."""
    try:
        digest, files = removal.read(path)
    except removal.OrderError as problem:
        print(problem, file=sys.stderr)
        return 2
    done = list(removal.carry_out(Spool(config.state_dir / "spool.sqlite3"), config.record_dir or config.state_dir, files))
    for name, word in done:
        print(f"{word}: {name}")
    kept = sum(word in ("elsewhere", "other") for _name, word in done)
    print(f"{len(done) - kept} of {len(done)} recordings are gone from this machine. Digest of the list: {digest}")
    return 1 if kept else 0


if __name__ == "__main__":
    sys.exit(main())
