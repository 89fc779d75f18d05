"""Finds every detector by its file; a file that cannot be imported stops the collector: a missing detector is a blind spot."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from proctoring import faults

from .detector import Detector
from .reference import Scene, SceneDetector

ASIDE = ("detector", "reference", "discovery", "zones", "liveness")  # what detectors share


@cache
def detector_classes() -> tuple[type[Detector], ...]:
    """All detector classes, ordered by state; each file holds exactly one whose state is the file's name."""
    found = []
    for module in pkgutil.iter_modules(faults.__path__):
        if module.name in ASIDE:
            continue
        content = importlib.import_module(f"{faults.__name__}.{module.name}")
        own = [one for one in vars(content).values() if _is_detector(one) and one.__module__ == content.__name__]
        if [one.state for one in own] != [module.name]:
            raise ImportError(f"{module.name} must hold one detector whose state is {module.name}")
        found.extend(own)
    return tuple(sorted(found, key=lambda one: one.state))


def _is_detector(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Detector)


def detectors(scene: Scene) -> list[Detector]:
    """A fresh set of all detectors for one camera."""
    return [one(scene) if issubclass(one, SceneDetector) else one() for one in detector_classes()]
