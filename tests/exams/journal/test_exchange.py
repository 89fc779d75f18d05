"""Checkpoints go to the authority's own script and come back counter-signed; nothing else is believed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from exams.access import SYSTEM
from exams.journal import chance, checkpoints, exchange
from exams.journal.actions import record
from exams.journal.models import Cosignature, Entry
from tests.sequenced import sequenced

SCRIPT = Path(__file__).resolve().parents[3] / "config/deploy/witness.py"
pytestmark = pytest.mark.django_db(transaction=True)


def grow(count: int = 3) -> None:
    for number in range(count):
        with transaction.atomic():
            record("test.act", None, by=SYSTEM, number=number)
    sequenced()
    checkpoints.checkpoint()


def script(*arguments: object) -> str:
    done = subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def authority(tmp_path: Path, settings) -> Path:
    settings.DATA_DIR = tmp_path / "body"
    key = tmp_path / "log.vkey"
    key.write_text(checkpoints.log_vkey() + "\n")
    checkpoints.add_witness(script("init", tmp_path / "authority", "--name", "authority.example/witness", "--log-key", key))
    return tmp_path / "authority"


def rounds(authority: Path) -> int:
    exchange.exchange()
    script("drop", authority, exchange.outbox(), exchange.inbox())
    return exchange.exchange()


def test_a_growing_log_is_witnessed_again_and_again(authority):
    for size in (3, 6, 10):
        grow(size - (checkpoints.latest().size if checkpoints.latest() else 0))
        assert rounds(authority) == 1
        assert checkpoints.latest_witnessed().size == size
    assert exchange.ask() is None


@pytest.mark.parametrize(
    "wrong", ["not a line", "\u2014 authority.example/witness AAAAAAAA", "\u2014 somebody.else/witness AAAAAAAAAAAAAAAA"]
)
def test_a_line_that_does_not_verify_is_set_aside(authority, wrong):
    grow()
    exchange.exchange()
    (exchange.inbox() / "3.cosigned").write_text(wrong)
    assert exchange.take_in() == 0
    assert not Cosignature.objects.exists()
    assert (exchange.inbox() / "3.wrong").exists()


def test_a_true_line_under_another_checkpoint_is_not_believed(authority):
    grow()
    exchange.exchange()
    script("drop", authority, exchange.outbox(), exchange.inbox())
    line = (exchange.inbox() / "3.cosigned").read_text()
    grow()
    (exchange.inbox() / "3.cosigned").rename(exchange.inbox() / "6.cosigned")
    assert line and exchange.take_in() == 0
    assert not Cosignature.objects.exists()


# -- chance from the witness --------------------------------------------------------------------------------------------


def entries() -> list[int]:
    return list(Entry.objects.order_by("id").values_list("id", flat=True))


def test_every_entry_lies_in_the_one_step_that_first_covers_it(authority):
    grow(3)
    assert rounds(authority) == 1
    grow(4)
    assert chance.step_over(entries()[3], "authority.example/witness") is None
    assert rounds(authority) == 1
    found = [chance.step_over(one, "authority.example/witness") for one in entries()]
    assert [(step.before, step.size) for step in found] == [(0, 3)] * 3 + [(3, 7)] * 4
    assert len({chance.seed_of("draw", step) for step in found}) == 2
    assert chance.seed_of("draw", found[0]) != chance.seed_of("other", found[0])


def test_whether_an_entry_is_covered_is_told_from_the_leaves(authority):
    grow(3)
    rounds(authority)
    grow(4)
    rounds(authority)
    first, last = Entry.objects.order_by("id")[0], Entry.objects.order_by("id")[5]
    one, two = chance.step_over(first.pk, "authority.example/witness"), chance.step_over(last.pk, "authority.example/witness")
    assert chance.is_covered(first, one) and chance.is_covered(last, two)
    assert not chance.is_covered(first, two) and not chance.is_covered(last, one)
    last.body = bytes(last.body) + b" "
    assert not chance.is_covered(last, two)


def test_an_answer_without_a_step_is_kept_but_throws_no_dice(authority):
    """Older witnesses give one line only."""
    grow()
    exchange.exchange()
    script("drop", authority, exchange.outbox(), exchange.inbox())
    path = exchange.inbox() / "3.cosigned"
    path.write_text(path.read_text().splitlines(keepends=True)[0])
    assert exchange.take_in() == 1
    assert chance.step_over(entries()[0], "authority.example/witness") is None


def test_a_step_of_another_checkpoint_makes_the_whole_answer_wrong(authority):
    grow()
    exchange.exchange()
    script("drop", authority, exchange.outbox(), exchange.inbox())
    path = exchange.inbox() / "3.cosigned"
    path.write_text(path.read_text().replace("step 0", "step 1"))
    assert exchange.take_in() == 0 and not Cosignature.objects.exists()
