"""Journeys share the browser and its world."""

from tests.journeys.browser import site, world

__all__ = ["site", "world"]
