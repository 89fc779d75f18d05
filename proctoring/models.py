"""The table of contents of proctoring's part of the database."""

from proctoring.cameras.models import Agent, AgentKey, Camera  # noqa: F401
from proctoring.coverage.models import Epoch, Explanation, FaultEvent, Page, Position, Recording, Rejection, Segment  # noqa: F401
from proctoring.footage.models import (  # noqa: F401
    Disposal,
    FootageRequest,
    Hold,
    KeepingRule,
    SampleDraw,
    SampleItem,
    Tombstone,
)  # fmt: skip
