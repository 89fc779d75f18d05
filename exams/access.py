"""Who may do what: permissions by name, deny by default, every answer with its reason."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from exams.capacities import STAFF
from exams.errors import NotPermitted
from exams.verdicts import ALLOWED, Objection, Verdict
from exams.verdicts import gettext_noop as _

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Actor:
    """Somebody acting in one chosen capacity for one organisation; texts as they were at the time."""

    account_id: UUID | None = None
    person_id: UUID | None = None
    name: str = ""
    capacity: str = ""
    organisation_id: UUID | None = None
    organisation: str = ""
    appointment_id: UUID | None = None
    verified: bool = False
    language: str = ""

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None


ANONYMOUS = Actor()
SYSTEM = Actor(name="system", capacity="system", verified=True)

Scope = Callable[[Actor, Any], bool | Objection]
Gate = Callable[[Actor], Objection | None]


@dataclass(frozen=True)
class Permission:
    """One named permission. `scope` looks at the object; `gate` at the actor alone, on every question."""

    name: str
    title: str
    capacities: frozenset[str]
    scope: Scope | None = None
    gate: Gate | None = None


PERMISSIONS: dict[str, Permission] = {}


def permission(name: str, title: str, *capacities: str, scope: Scope | None = None, gate: Gate | None = None) -> None:
    """Declare who may do `name`. Capacities: ids of the closed list, or candidate, anyone (signed in), public, system."""
    unknown = set(capacities) - STAFF - {"candidate", "anyone", "public", "system"}
    if unknown:
        raise ValueError(f"{name}: unknown capacities {sorted(unknown)}")
    if name in PERMISSIONS:
        raise ValueError(f"permission {name!r} is declared twice")
    PERMISSIONS[name] = Permission(name, title, frozenset(capacities), scope, gate)


def may(actor: Actor, name: str, obj: Any = None) -> Verdict:
    """Whether the actor may do `name` (to `obj`). An undeclared name raises LookupError: it is a mistake, not a denial."""
    declared = PERMISSIONS.get(name)
    if declared is None:
        raise LookupError(f"no permission named {name!r}")
    objection = _capacity_objection(actor, declared) or _second_factor_objection(actor)
    if objection is None and declared.gate is not None:
        objection = declared.gate(actor)
    if objection is None and declared.scope is not None and obj is not None:
        objection = _scope_objection(declared, actor, obj)
    return ALLOWED if objection is None else Verdict(False, objection)


def require(actor: Actor, name: str, obj: Any = None) -> None:
    """Raise NotPermitted with the reason unless the actor may."""
    verdict = may(actor, name, obj)
    if not verdict:
        raise NotPermitted(verdict.reason or _not_yours())


def needs(name: str) -> Callable[[View], View]:
    """Mark a page with the permission it needs; asked before the view runs."""

    def mark(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request.actor, name)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        guarded.needs = name  # type: ignore[attr-defined]
        return guarded

    return mark


def public(view: View) -> View:
    """Mark a page that anybody may open."""
    view.needs = "public"  # type: ignore[attr-defined]
    return view


def _capacity_objection(actor: Actor, declared: Permission) -> Objection | None:
    wanted = declared.capacities
    if "public" in wanted or actor.capacity in wanted or ("anyone" in wanted and actor.signed_in):
        return None
    if not actor.signed_in and actor.capacity != "system":
        return Objection("access.sign_in", _("Nobody is signed in."), remedy=_("Sign in."))
    return _not_yours()


def _second_factor_objection(actor: Actor) -> Objection | None:
    if actor.capacity in STAFF and not actor.verified:
        return Objection(
            "access.second_factor",
            _("This capacity acts only with a second factor."),
            basis="GB/T 22239-2019 8.1.4.1",
            remedy=_("Enter the one-time code."),
        )
    return None


def _scope_objection(declared: Permission, actor: Actor, obj: Any) -> Objection | None:
    answer = declared.scope(actor, obj)  # type: ignore[misc]
    if isinstance(answer, Objection):
        return answer
    return None if answer else Objection("access.not_yours", _("This record belongs to somebody else."), remedy=_("Change capacity."))


def _not_yours() -> Objection:
    return Objection("access.capacity", _("Your present capacity does not include this."), remedy=_("Change capacity."))
