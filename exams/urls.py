"""Addresses of the examination: every subject that has pages, under its own name."""

from __future__ import annotations

import importlib.util

from django.urls import include, path

SUBJECTS = (
    "people", "appointments", "messages", "documents", "jobs", "catalogue", "register", "interests", "recusal", "bodies",
    "programme", "applications", "sittings", "conduct", "results", "archive", "oversight", "journal",
)  # fmt: skip

urlpatterns = [
    path(f"{subject}/", include(f"exams.{subject}.urls"))
    for subject in SUBJECTS
    if importlib.util.find_spec(f"exams.{subject}") and importlib.util.find_spec(f"exams.{subject}.urls")
]
