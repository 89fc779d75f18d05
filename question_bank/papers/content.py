"""What is sealed: a paper's forms with every question, as canonical bytes, and what is read back from them."""

from __future__ import annotations

import json
from typing import Any

from exams.journal import canonical
from question_bank.assembly.models import Paper
from question_bank.assembly.queries import versions_of


def plaintext(paper: Paper) -> bytes:
    """The whole paper as bytes; it exists in memory while it is sealed or printed, and nowhere else."""
    drawn = json.loads(paper.seed or "{}")
    return canonical.dumps(
        {
            "v": 1,
            "paper": str(paper.pk),
            "number": paper.number,
            "title": paper.title,
            "family": paper.family,
            "minutes": paper.minutes,
            "full_marks": str(paper.full_marks),
            "draw": drawn,
            "forms": {form.label: [version.content() for version in versions_of(form)] for form in paper.forms.all()},
        }
    )


def read(raw: bytes) -> dict[str, Any]:
    """The paper as it was sealed."""
    return dict(json.loads(raw))
