"""A thousand random alterations of segments, recordings and plan in a sealed dossier: how many are found, and by what. No limits.

    .venv/bin/python tests/bench/bench_mutations.py [number] [seed]

Three forgers: one alters a file; one also corrects the digests within the section; one corrects those of the bag as well, as far as
its tag manifest. The recomputation reads each; against the third one stands the seal, which only the archive's verifier looks at.
The baseline is hashing the same files once.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")


def section(folder: Path) -> Path:
    """A sealed section: thirty seats, four cameras, three hours with recordings of ten seconds and some hundred faults."""
    from exams.archive import bags
    from tests.bench.sections import made

    bags.write(folder, "D-1", [(f"08-video/{name}", content) for name, content in made().items()], {})
    for path in (folder / "D-1").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    return folder / "D-1"


def named(folder: Path) -> set[str]:
    from proctoring.plugs import recompute

    try:
        return {name for name, _ in recompute.differences(folder)}
    except recompute.CANNOT_READ:
        return {"UNREADABLE"}


def found_at_all(folder: Path) -> bool:
    """Whether the recomputation finds a first difference; the rest is not waited for."""
    from proctoring.plugs import recompute

    try:
        return next(recompute.differences(folder), None) is not None
    except recompute.CANNOT_READ:
        return True


def correct_bag(bag: Path) -> None:
    """All digests of the bag made anew, as its writer would have made them."""
    from exams.archive import bags

    listed = {path.relative_to(bag).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in bag.rglob("*") if path.is_file()}
    payload = {name: digest for name, digest in listed.items() if name.startswith("data/")}
    (bag / "manifest-sha256.txt").write_bytes(bags._lines(payload))
    listed["manifest-sha256.txt"] = hashlib.sha256((bag / "manifest-sha256.txt").read_bytes()).hexdigest()
    tags = {name: digest for name, digest in listed.items() if "/" not in name and name != "tagmanifest-sha256.txt"}
    (bag / "tagmanifest-sha256.txt").write_bytes(bags._lines(tags))


def main(number: int, seed: int) -> None:
    import django

    django.setup()
    from tests.proctoring.plugs.mutations import correct_digests, mutate

    chance, found, by_name = random.Random(seed), Counter(), Counter()
    with tempfile.TemporaryDirectory() as folder:
        bag = section(Path(folder) / "shelf")
        sealed = hashlib.sha256((bag / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
        start = time.process_time()
        baseline = {path: hashlib.sha256(path.read_bytes()).digest() for path in bag.rglob("*") if path.is_file()}
        hashing, start = time.process_time() - start, time.process_time()
        assert named(bag / "data/08-video") == set(), "the untouched section must agree"
        once = time.process_time() - start
        for _ in range(number):
            copy = shutil.copytree(bag, Path(folder) / "copy" / "D-1")
            what = mutate(copy / "data/08-video", chance)
            first = found_at_all(copy / "data/08-video")
            correct_digests(copy / "data/08-video")
            correct_bag(copy)
            second = named(copy / "data/08-video")
            third = hashlib.sha256((copy / "tagmanifest-sha256.txt").read_bytes()).hexdigest() != sealed
            found.update({"alteration alone": first, "digests corrected": bool(second), "the seal's digest": third})
            by_name.update(second or {"nothing follows from it (found by the seal alone)"})
            if not first or not third:
                print("NOT FOUND:", what)
            shutil.rmtree(copy.parent)
    print(f"{number} mutations, seed {seed}, {len(baseline)} files; recomputing once is {once / max(hashing, 1e-9):,.0f} x hashing once")
    for what, n in found.items():
        print(f"  found, {what:24} {n:6} of {number}  ({100 * n / number:.1f} %)")
    for what, n in by_name.most_common():
        print(f"    after correcting digests: {what:48} {n:6}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**6))
