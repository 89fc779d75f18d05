"""The import law of pyproject.toml, and the same law for foreign keys, which import-linter cannot see."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
APPS = ("exams", "question_bank", "proctoring")


def test_contracts_are_kept():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def ranks() -> dict[str, int]:
    """Subject → place in the order; the higher, the further up."""
    order: dict[str, int] = {}
    for start, name in ((0, "exams"), (1000, "question_bank"), (1000, "proctoring")):
        layers = next(c["layers"] for c in CONTRACTS if c.get("containers") == [name])
        for place, layer in enumerate(reversed(layers)):
            for subject in layer.split("|"):
                order[f"{name}.{subject.strip(' ()')}"] = start + place
    return order


def test_foreign_keys_point_the_same_way_as_imports():
    order = ranks()

    def subject(model: type) -> str:
        return ".".join(model.__module__.split(".")[:2])

    wrong = [
        f"{model.__name__}.{field.name} -> {field.related_model.__name__}"
        for model in apps.get_models()
        if model._meta.app_label in APPS
        for field in model._meta.get_fields()
        if getattr(field, "remote_field", None) and field.concrete and field.related_model._meta.app_label in APPS
        if order[subject(field.related_model)] > order[subject(model)]
        or {model._meta.app_label, field.related_model._meta.app_label} == {"question_bank", "proctoring"}
    ]
    assert wrong == []


def test_the_journal_documents_jobs_and_messages_hold_no_foreign_keys_upward_or_to_accounts():
    loose = ("exams.journal", "exams.documents", "exams.jobs", "exams.messages")
    keys = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith(loose)
        for field in model._meta.get_fields()
        if field.many_to_one and field.concrete and not field.related_model.__module__.startswith(loose)
    ]
    assert keys == []
