"""The exams app: finds what every subject declares, and installs the guards of the database."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate
from django.db.utils import OperationalError, ProgrammingError
from django.utils.translation import gettext

from exams import guards, wording

# Modules in which a subject declares itself; imported at start, so that nothing is missing because nobody imported it.
DECLARING = ("permissions", "plugs", "checks")


class ExamsConfig(AppConfig):
    name = "exams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        wording.use(gettext)
        post_migrate.connect(_install_guards, sender=self, dispatch_uid="exams.guards")
        checks.register(_guards_present, checks.Tags.database)


def load_declarations(package: str) -> None:
    """Import the permissions, plugs and checks of every subject of an app, in the order of their names."""
    for subject in pkgutil.iter_modules(importlib.import_module(package).__path__):
        name = f"{package}.{subject.name}"
        if subject.name in DECLARING:
            _import_with_parts(name)
        elif subject.ispkg:
            _import_declarations(name)


def _import_declarations(subject: str) -> None:
    for module in pkgutil.iter_modules(importlib.import_module(subject).__path__):
        if module.name in DECLARING:
            _import_with_parts(f"{subject}.{module.name}")


def _import_with_parts(name: str) -> None:
    declared = importlib.import_module(name)
    for part in pkgutil.iter_modules(getattr(declared, "__path__", [])):
        importlib.import_module(f"{name}.{part.name}")


def _install_guards(**_: Any) -> None:
    guards.install()


def _guards_present(databases: Any = None, **_: Any) -> list[checks.CheckMessage]:
    """A table remake on SQLite or a hand at the database may have dropped a guard."""
    if not databases:
        return []
    try:
        missing = guards.missing()
    except (OperationalError, ProgrammingError):
        return []
    # A warning, for an error would stop the very migration that installs them; a server refuses to start without them.
    hint = "Run manage.py migrate to install them again, and find out who removed them."
    return [checks.Warning(f"database guard missing: {name}", hint=hint, id="exams.W001") for name in missing]
