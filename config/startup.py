"""What must hold before a server answers: the guards of the database, and the demo's open doors only in the demo."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError, ProgrammingError

from exams import guards
from exams.clock import Installation

_LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


def check(address: str = "127.0.0.1") -> None:
    """Raise ImproperlyConfigured if this process must not serve this database at this address."""
    if settings.DEMO:
        _demo_only(address)
    try:
        missing = guards.missing()
    except (OperationalError, ProgrammingError) as error:
        raise ImproperlyConfigured(f"the database cannot be read ({error}); run manage.py migrate") from error
    if missing:
        raise ImproperlyConfigured(f"database guards are missing: {', '.join(missing)}; run manage.py migrate and find out why")


def _demo_only(address: str) -> None:
    """Personas sign in without a secret: never but on loopback, in a database the demo itself built."""
    if address not in _LOOPBACK | {"::1"} or not set(settings.ALLOWED_HOSTS) <= _LOOPBACK:
        raise ImproperlyConfigured(f"the demo serves loopback only, not {address}")
    try:
        made_by_demo = Installation.objects.filter(made_by_demo=True).exists()
    except (OperationalError, ProgrammingError):
        made_by_demo = False
    if not made_by_demo:
        raise ImproperlyConfigured("EXAMS_DEMO is set, but this database was not built by manage.py demo")
