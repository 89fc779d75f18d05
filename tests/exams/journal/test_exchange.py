"""Checkpoints go to the authority's own script and come back counter-signed; nothing else is believed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from exams.access import SYSTEM
from exams.journal import checkpoints, exchange
from exams.journal.actions import record
from exams.journal.models import Cosignature
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
