"""The table of contents of proctoring's part of the database."""

from proctoring.cameras.models import Agent, Camera  # noqa: F401
from proctoring.coverage.models import Epoch, Explanation, FaultEvent, Position, Recording, Rejection, Segment  # noqa: F401
