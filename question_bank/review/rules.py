"""Which opinions each step may give, and which of them need words."""

from __future__ import annotations

VERDICTS = {
    "review": {"recommend": "recommend", "return": "return", "reject": "reject"},
    "approval": {"approve": "approve", "return": "return"},
}
NEEDS_COMMENT = frozenset({"return", "reject"})


def move_for(step: str, verdict: str) -> str | None:
    """The move of the life cycle that an opinion makes, or None if this step cannot give it."""
    return VERDICTS[step].get(verdict)
