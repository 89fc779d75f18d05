"""Tampering with a camera: what the detectors find of it, how soon, under which name, and how often they cry wolf.

.venv/bin/python tests/bench/bench_tamper.py [folder of the real clips] [--each 1] [--seed N] [--kept FOLDER] [--only tuning|held-out]

Draws every act over every scene (see tamper_scenes and tamper_acts), sends the pictures through H.264 and judges one sample per second, as
`--judge` does: half of the clips with the picture of the empty room as reference, half without. Another seed each time, printed, so that
the same run can be had again. --kept keeps the samples, so that other detectors can be tried on the very same ones.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from proctoring.agent.judge import Sample, judged, samples
from proctoring.faults.detector import Heard
from proctoring.faults.reference import Reference
from tests.bench.tamper_acts import END, HARMLESS, SINCE, TAMPERS, UNTIL, Act, empty_room, encoded, frames
from tests.bench.tamper_scenes import HELD_OUT, TUNING, scenes

CLEAN = Act("clean")
CLEAN_SECONDS = 150
LATE = 3  # seconds after an act in which an alarm still belongs to it


@dataclass
class Outcome:
    """What came of one clip."""

    scene: str
    act: Act
    delay: float | None  # from the act to the first alarm within it
    kinds: tuple[str, ...]  # what was alarmed within it, in order
    false: int  # alarms outside any act
    clean_seconds: float
    spent: float  # CPU seconds per sample
    with_reference: bool


def clips(families: tuple[str, ...], given: argparse.Namespace) -> Iterator[tuple]:
    """Every act over every scene, with a seed of its own; the clean ones first."""
    for number, scene in enumerate(scenes(families, given.clips, given.seed, given.each)):
        for index, act in enumerate((CLEAN, *TAMPERS, *HARMLESS)):
            yield scene, act, given.seed + 1000 * number + index


def watched(scene, act: Act, seed: int, kept: Path | None) -> Outcome:
    """Draw, encode, decode and judge one clip."""
    path = kept / f"{scene.name}-{seed}-{act.name}.npz".replace("%", "").replace(" ", "") if kept else None
    if path is not None and path.exists():
        stored = np.load(path)
        heard = Heard(width=int(stored["width"]))
        seen = [Sample(int(at), grey, heard) for at, grey in zip(stored["at"], stored["grey"], strict=True)]
        empty = stored["empty"]
    else:
        seconds = CLEAN_SECONDS if act is CLEAN else END
        seen = list(samples(encoded(scene, frames(scene, None if act is CLEAN else act, seed, seconds)), 1.0))
        empty = empty_room(scene)
        if path is not None:
            np.savez(path, at=[one.at_ms for one in seen], grey=[one.grey for one in seen], width=scene.size[0], empty=empty)
    reference = Reference.of(empty) if seed % 2 else None
    spent = time.process_time()
    lines = list(judged(iter(seen), reference))
    spent = (time.process_time() - spent) / max(1, len(seen))
    return outcome(scene.name, act, [one for one in lines if one["on"]], spent, reference is not None)


def outcome(scene: str, act: Act, alarms: list[dict], spent: float, with_reference: bool) -> Outcome:
    """Sort the alarms into those of the act and false ones."""
    faults = [(one["at"] / 1000, one["kind"]) for one in alarms if one["kind"] != "unknown"]
    if act is CLEAN:
        return Outcome(scene, act, None, tuple(kind for _, kind in faults), len(faults), CLEAN_SECONDS, spent, with_reference)
    within = [(at, kind) for at, kind in faults if SINCE <= at <= UNTIL + LATE]
    delay = within[0][0] - SINCE if within else None
    return Outcome(scene, act, delay, tuple(kind for _, kind in within), len(faults) - len(within), SINCE, spent, with_reference)


def wilson(k: int, n: int) -> str:
    """k of n with its 95 % interval."""
    if n == 0:
        return "none"
    z, p = 1.96, k / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{k}/{n} = {p:.1%} ({100 * max(0, middle - half):.0f}–{100 * min(1, middle + half):.0f})"


def poisson(k: int, hours: float) -> str:
    """A rate with its 95 % interval (the normal one of the square root, exact for none)."""
    low = 0.0 if k == 0 else max(0.0, sqrt(k) - 0.98) ** 2
    high = 3.69 if k == 0 else (sqrt(k + 1) + 0.98) ** 2
    return f"{k} in {hours:.2f} h = {k / hours:.2f}/h ({low / hours:.2f}–{high / hours:.2f})"


def report(title: str, outcomes: list[Outcome]) -> None:
    """The figures of one set of scenes."""
    acts = [one for one in outcomes if one.act in TAMPERS]
    found = [one for one in acts if one.delay is not None]
    right = [one for one in found if one.kinds[0] in one.act.classes]
    harmless = [one for one in outcomes if one.act in HARMLESS]
    false = sum(one.false for one in outcomes)
    print(f"\n== {title}: {', '.join(sorted({one.scene for one in outcomes}))}")
    print(f"detected         {wilson(len(found), len(acts))}")
    print(f"right class      {wilson(len(right), len(found))} of those detected")
    print(f"harmless alarmed {wilson(sum(bool(one.kinds) for one in harmless), len(harmless))}")
    print(f"false alarms     {poisson(false, sum(one.clean_seconds for one in outcomes) / 3600)}")
    for name, group in _grouped(found, lambda one: one.act.group).items():
        delays = sorted(one.delay for one in group)
        print(f"delay {name:10} median {np.median(delays):.1f} s, p95 {np.percentile(delays, 95):.1f} s")
    for act in (*TAMPERS, *HARMLESS):
        mine = [one for one in outcomes if one.act is act]
        hit = [one for one in mine if one.kinds]
        kinds = Counter(one.kinds[0] for one in hit)
        places = Counter(one.scene + ("+" if one.with_reference else "") for one in mine if bool(one.kinds) != bool(act.classes))
        print(f"    {act.name:26} {len(hit):3}/{len(mine):<3} {dict(kinds)} {dict(places) or ''}")
    wolves = Counter((one.scene + ("+" if one.with_reference else ""), one.act.name) for one in outcomes for _ in range(one.false))
    print(f"    false: {dict(wolves)}")


def _grouped(outcomes: list[Outcome], key) -> dict[str, list[Outcome]]:
    groups = defaultdict(list)
    for one in outcomes:
        groups[key(one)].append(one)
    return dict(sorted(groups.items()))


def main() -> None:
    """Draw, judge, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="?", type=Path, help="folder of the real clips; without it their scenes are left out")
    parser.add_argument("--each", type=int, default=1, help="scenes of each family")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000)
    parser.add_argument("--kept", type=Path, help="keep the samples in this folder, and use those that are there")
    parser.add_argument("--only", choices=("tuning", "held-out"))
    given = parser.parse_args()
    cv2.setNumThreads(1)
    if given.clips is None or not given.clips.is_dir():
        print("the scenes of the real clips are left out: no folder of clips was given")
    if given.kept:
        given.kept.mkdir(parents=True, exist_ok=True)
    print(f"seed {given.seed}")
    every = []
    for title, families in (("tuning", TUNING), ("held-out", HELD_OUT)):
        if given.only in (None, title):
            outcomes = [watched(*one, given.kept) for one in clips(families, given)]
            report(title, outcomes)
            every += outcomes
    if given.only is None:
        report("pooled", every)
    print(f"\ndetectors: {1000 * np.median([one.spent for one in every]):.2f} ms CPU per sample, whole run {time.process_time():.0f} s CPU")


if __name__ == "__main__":
    main()
