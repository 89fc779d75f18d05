"""Running the checks of an audit: each in its own savepoint, so that one that breaks is shown as broken and hides nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import translation

from exams import clock, wording
from exams.oversight import queries
from exams.oversight.models import Audit, CheckRun, Finding
from exams.oversight.registry import AUDIT_CHECKS, Draft, Scope
from exams.registry import Entry

log = logging.getLogger(__name__)


@dataclass
class Found:
    """What one run of all checks gave."""

    runs: list[CheckRun] = field(default_factory=list)
    new: list[Finding] = field(default_factory=list)


def run(audit: Audit) -> Found:
    """Every check over the scope of the audit."""
    scope, found = queries.scope_of(audit), Found()
    known = set(audit.findings.exclude(check_id="").values_list("check_id", "about_type", "about_id"))
    for check in AUDIT_CHECKS:
        drafts, failed = _drafts(check, scope)
        found.runs.append(CheckRun.objects.create(audit=audit, check_id=check.id, found=len(drafts), failed=failed, run_at=clock.now()))
        for draft in drafts:
            key = (check.id, *draft.about_key)
            if key not in known:
                known.add(key)
                found.new.append(_of(audit, check, draft))
    return found


def keep(audit: Audit, *, block: str, level: str, message: str, basis: str, **more: Any) -> Finding:
    """A finding with the next number of its audit."""
    number = f"F-{audit.findings.count() + 1:02d}"
    return Finding.objects.create(
        audit=audit, number=number, block=block, level=level, message=message, basis=basis, found_at=clock.now(), **more
    )


def _drafts(check: Entry, scope: Scope) -> tuple[list[Draft], str]:
    try:
        with transaction.atomic():
            return list(check(scope)), ""
    except Exception as error:  # a check of another subject; the run must show it and go on
        log.exception("audit check %s broke", check.id)
        return [], f"{type(error).__name__}: {error}"[:300]


def _of(audit: Audit, check: Entry, draft: Draft) -> Finding:
    with translation.override("en"):
        basis = str(check.basis)
        params = {key: wording.plain(value) for key, value in draft.params.items()}
    about_type, about_id = draft.about_key
    return keep(
        audit,
        block=check.block,
        level=draft.level or check.level,
        message=str(draft.message),
        basis=basis,
        params=params,
        facts=draft.facts,
        check_id=check.id,
        about_type=about_type,
        about_id=about_id,
    )
