"""Every page and every socket says which permission it needs, and the name it says is declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from exams import access, navigation


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def consumers() -> list[tuple[str, type]]:
    from config.asgi import _routes

    routes = _routes("websocket_urlpatterns") + _routes("agent_urlpatterns")
    return [(str(route.pattern), route.callback.consumer_class) for route in routes]


def test_every_page_names_its_permission():
    undeclared = [route for route, view in patterns() if not hasattr(view, "needs")]
    assert undeclared == []


def test_every_permission_a_page_names_is_declared():
    names = {(route, view.needs) for route, view in patterns() if getattr(view, "needs", "public") != "public"}
    assert [(route, name) for route, name in sorted(names) if name not in access.PERMISSIONS] == []


@pytest.mark.django_db
def test_every_socket_names_a_declared_permission():
    named = [(route, getattr(consumer, "needs", None)) for route, consumer in consumers()]
    assert named != []
    assert [(route, name) for route, name in named if name != "agent" and name not in access.PERMISSIONS] == []


def test_every_permission_has_somebody_and_a_title():
    assert [name for name, row in access.PERMISSIONS.items() if not row.capacities or not str(row.title)] == []


def test_a_rail_has_at_most_seven_places():
    from exams.capacities import CAPACITIES

    long = {capacity: len(navigation.rail(capacity)) for capacity in (*CAPACITIES, "candidate") if len(navigation.rail(capacity)) > 7}
    assert long == {}
