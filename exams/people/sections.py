"""Sections of a person's page that upper subjects fill: each says for whom and with what template."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exams.registry import Registry

if TYPE_CHECKING:
    from exams.access import Actor
    from exams.people.models import Person

SECTIONS = Registry("person sections")


def person_section(id: str, template: str) -> Callable[[Callable[[Actor, Person], dict[str, Any] | None]], Any]:
    """Register a section: what its template shows to this actor, or None where the actor is shown nothing."""
    return SECTIONS.register(id, template=template)


def sections_for(actor: Actor, person: Person, *, without: str = "") -> list[dict[str, Any]]:
    """The sections this actor is shown, in the order of their ids, each as template and what it shows."""
    found = [(source.template, source(actor, person)) for source in SECTIONS if source.id != without]
    return [{"template": template, "shown": shown} for template, shown in found if shown]
