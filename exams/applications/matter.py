"""An application as a matter of recusal: whom and what its officers must not be near."""

from __future__ import annotations

from collections.abc import Sequence

from exams import clock
from exams.applications.models import Application
from exams.catalogue.models import Qualification
from exams.recusal.facts import Matter


def matter_of(application: Application) -> Matter:
    """The one candidate, the employer, the item and the body."""
    qualification: Qualification = application.item.qualification
    return Matter(
        on=clock.today(),
        event_id=str(application.event_id),
        body_id=str(application.body_id),
        family=qualification.family,
        qualification=str(qualification.pk),
        item=qualification.name_zh,
        candidates=frozenset({str(application.person_id)}),
        employers=frozenset({str(application.employer_id)}) if application.employer_id else frozenset(),
    )


def matter_of_all(applications: Sequence[Application]) -> Matter:
    """Many applications of one event at once: whoever has nothing against all of them has nothing against each."""
    first = applications[0]
    return Matter(
        on=clock.today(),
        event_id=str(first.event_id),
        body_id=str(first.body_id),
        families=frozenset(one.item.qualification.family for one in applications),
        candidates=frozenset(str(one.person_id) for one in applications),
        employers=frozenset(str(one.employer_id) for one in applications if one.employer_id),
    )
