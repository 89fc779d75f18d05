"""Walks through a world as each person in turn, by the links the pages offer, and notes what every page answered."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections import deque
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import NoReverseMatch, Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

HREF = re.compile(r'<a\b[^>]*?\bhref="([^"#]+)')
# Pages that lead out of the walk: they end the session or are asked for by machines.
LEFT_OUT = {"people:sign_out", "set_language", "look", "healthz"}
PER_ROUTE = 1


@dataclass(frozen=True)
class Visit:
    """One answer: who asked for which address, on which page the link stood."""

    persona: str
    route: str
    path: str
    status: int
    media: str
    linked_from: str
    length: int

    @property
    def is_page(self) -> bool:
        return self.status == 200 and self.media.startswith("text/html")


@dataclass
class Tour:
    """All visits, and for each route the persona and address that shows it best."""

    address: str
    visits: list[Visit] = field(default_factory=list)

    def walk(self, persona: str, session: str) -> None:
        """Follow every link this person is offered, at most one address of each route."""
        waiting = deque((path, "") for path in ["/", *plain_paths()])
        seen: dict[str, set[str]] = {}
        while waiting:
            path, origin = waiting.popleft()
            route = route_of(path)
            visited = seen.setdefault(route, set())
            if not route or route in LEFT_OUT or path in visited or len(visited) >= PER_ROUTE:
                continue
            visited.add(path)
            status, media, text = fetch(urljoin(self.address, path), session)
            self.visits.append(Visit(persona, route, path, status, media, origin, len(text)))
            waiting.extend((link, path) for link in links(text, path))

    def examples(self) -> dict[str, Visit]:
        """One visit for each route that showed a page, by whoever saw most of it."""
        found: dict[str, Visit] = {}
        for visit in sorted(self.visits, key=lambda visit: -visit.length):
            if visit.is_page:
                found.setdefault(visit.route, visit)
        return found

    def routes_seen(self) -> set[str]:
        return {visit.route for visit in self.visits if visit.status < 400}


class _Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are answers here: who is sent where is seen, not followed."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay)


def fetch(url: str, session: str) -> tuple[int, str, str]:
    """Status, media type and text of an address, asked for in English."""
    request = urllib.request.Request(url, headers={"Cookie": f"sessionid={session}; django_language=en", "Accept": "text/html"})
    try:
        with _OPENER.open(request, timeout=60) as answer:
            media = answer.headers.get("Content-Type", "")
            return answer.status, media, answer.read().decode(errors="replace") if media.startswith("text/html") else ""
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers.get("Content-Type", ""), ""


def links(text: str, base: str) -> list[str]:
    """The addresses of this site that a page offers, without what only sorts, pages or exports a list."""
    found = []
    for href in HREF.findall(text):
        parts = urlsplit(urljoin(base, unescape(href)))
        if parts.scheme or parts.netloc or parts.path.startswith("/static/"):
            continue
        found.append(parts.path)
    return list(dict.fromkeys(found))


def route_of(path: str) -> str:
    """The name of the page at a path, or nothing."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    return match.view_name or match.route


def plain_paths() -> list[str]:
    """The addresses of all named pages that need no further word."""
    found = []
    for name in names(get_resolver()):
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return found


def names(resolver: Any, namespace: str = "") -> list[str]:
    """Every named route of the system."""
    found: list[str] = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found += names(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.append(f"{namespace}{pattern.name}")
    return found
