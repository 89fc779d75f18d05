"""The recusal rules and the kinship they use against their slow twin, in very many random worlds: disagreements, and what was met.

.venv/bin/python tests/bench/bench_twin.py [number of worlds] [seed]

The same seed gives the same worlds. Times are ratios of the twin to the rules in the same run. Ends with 1 if anything differs.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")


def many(strategy, check, n, number):
    """Put n drawn examples to the check, without looking for the smallest that fails: every one counts."""
    from hypothesis import HealthCheck, Phase, given, seed, settings

    quiet = {"database": None, "deadline": None, "suppress_health_check": list(HealthCheck), "phases": [Phase.generate]}
    seed(number)(settings(max_examples=n, **quiet)(given(strategy)(check)))()


def rules_against_twin(n, number):
    from dataclasses import replace

    from exams.capacities import CAPACITIES
    from tests.exams.recusal import twin
    from tests.exams.recusal.test_twin import answers
    from tests.exams.recusal.twin_worlds import worlds

    met, differing, spent, asked = Counter(), [], Counter(), Counter()

    def check(world):
        asked["worlds"] += 1
        for capacity in CAPACITIES:
            facts = replace(world, capacity=capacity)
            start = time.perf_counter()
            said = answers(facts)
            middle = time.perf_counter()
            must_be_said = twin.judged(facts)
            spent["twin"] += time.perf_counter() - middle
            spent["rules"] += middle - start
            asked["questions"] += 1
            met.update((id, severity) for id, severity, _ in must_be_said)
            differing.extend((capacity, one, facts) for one in said ^ must_be_said)

    many(worlds(), check, n, number)
    print(f"{asked['worlds']:,} worlds, {asked['questions']:,} questions, {sum(met.values()):,} objections of the twin")
    for (id, severity), times in sorted(met.items()):
        print(f"    {id:28} {severity:9} {times:10,}")
    print(f"rules {spent['rules']:.1f} s (baseline), twin {spent['twin']:.1f} s, {spent['twin'] / spent['rules']:.2f} x")
    print(f"disagreements: {len(differing)}\n")
    return differing


def kinship_against_twin(n, number):
    from tests.exams.recusal.test_twin import kinship_disagreements
    from tests.exams.recusal.twin_worlds import families

    asked, differing = Counter(), []

    def check(family):
        asked["families"] += 1
        asked["declarations"] += len(family[1])
        asked["pairs"] += len(family[0]) * (len(family[0]) - 1)
        differing.extend((one, family) for one in kinship_disagreements(family))

    many(families(), check, n, number)
    print(f"{asked['families']:,} families, {asked['declarations']:,} declarations, {asked['pairs']:,} pairs")
    print(f"disagreements: {len(differing)}")
    return differing


if __name__ == "__main__":
    import django

    django.setup()
    worlds_wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    chosen = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 1_000_000
    began = time.perf_counter()
    print(f"seed {chosen}")
    found = [*rules_against_twin(worlds_wanted, chosen), *kinship_against_twin(worlds_wanted, chosen)]
    for one in found[:5]:
        print(one)
    print(f"{time.perf_counter() - began:.0f} s")
    sys.exit(1 if found else 0)
