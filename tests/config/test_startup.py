"""The demo's open doors: only in its own database, only on loopback, only when the settings say so."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from config import startup
from exams.clock import Installation

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings):
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    Installation.objects.create(origin="demo.example/1", made_by_demo=True)
    return settings


def test_an_ordinary_server_starts():
    startup.check("0.0.0.0")


def test_the_demo_starts_on_loopback_in_its_own_database(demo):
    startup.check("127.0.0.1")


def test_the_demo_refuses_another_address(demo):
    with pytest.raises(ImproperlyConfigured, match="loopback"):
        startup.check("0.0.0.0")


def test_the_demo_refuses_other_hosts(demo):
    demo.ALLOWED_HOSTS = ["127.0.0.1", "exams.example"]
    with pytest.raises(ImproperlyConfigured, match="loopback"):
        startup.check()


@pytest.mark.parametrize("made_by_demo", [None, False])
def test_the_demo_refuses_a_database_it_did_not_make(settings, made_by_demo):
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    if made_by_demo is not None:
        Installation.objects.create(origin="real.example/1", made_by_demo=made_by_demo)
    with pytest.raises(ImproperlyConfigured, match="not built by"):
        startup.check()


def test_a_server_refuses_a_database_whose_guard_was_removed():
    on = " ON exams_entry" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER guard_exams_entry_delete{on}")
    with pytest.raises(ImproperlyConfigured, match="guard_exams_entry_delete"):
        startup.check()
