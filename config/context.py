"""What every page shows around its content: the rail, and at the foot how old the data are and how far they are witnessed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from exams import clock, navigation
from exams.access import ANONYMOUS
from exams.journal import checkpoints


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; what costs a query is asked only if the template shows it."""
    actor = getattr(request, "actor", ANONYMOUS)
    return {
        "actor": actor,
        # Pages that staff and candidates share: with the rail for the staff, without it for one's own matters.
        "frame": "base_plain.html" if actor.capacity in ("", "candidate") else "base.html",
        "navigation": SimpleLazyObject(lambda: _rail(request, actor.capacity)),
        "foot": SimpleLazyObject(_foot),
        "simulated": clock.simulated(),
    }


def _rail(request: HttpRequest, capacity: str) -> list[dict[str, Any]]:
    here = request.path
    places = [{"title": place.title, "url": url} for place in navigation.rail(capacity) if (url := _address(place.url_name))]
    best = max((place["url"] for place in places if here.startswith(place["url"]) and place["url"] != "/"), key=len, default="/")
    return [{**place, "current": place["url"] == best and (best != "/" or here == "/")} for place in places]


def _address(url_name: str) -> str:
    """Nothing for a page that is not there: a rail with one place less beats a page that cannot be shown at all."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _foot() -> dict[str, Any]:
    head, seen = checkpoints.latest(), checkpoints.latest_witnessed()
    return {
        "data_time": clock.now(),
        "checkpoint": head.size if head else None,
        "witnessed": seen.size if seen else None,
        "witnessed_all": bool(head and seen and head.size == seen.size),
    }
