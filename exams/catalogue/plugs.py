"""What the catalogue fills of the registries: what waits for a second person, versions whose day has come, the rail."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams import clock
from exams.access import SYSTEM, Actor
from exams.agenda import OpenItem, agenda
from exams.catalogue import actions, queries
from exams.catalogue.models import CalendarDay, Edition
from exams.catalogue.permissions import KEEPERS
from exams.errors import Refused, Stale
from exams.journal.projection import watch
from exams.navigation import entry
from exams.ticks import tick

entry("catalogue", gettext_lazy("Catalogue"), "catalogue:list", "authority_officer", order=80)
watch(Edition, "version", "effective_from", "values", "state")


@agenda("catalogue.editions", *KEEPERS)
def editions_to_confirm(actor: Actor) -> Iterator[OpenItem]:
    """Rule versions that wait for a second person."""
    for edition in queries.open_editions().filter(state="draft").exclude(entered_by_id=actor.person_id)[:20]:
        yield OpenItem(
            "todo",
            _("Confirm the rules of %(code)s") % {"code": edition.qualification.code},
            why=_("Entered, but not yet compared by another person."),
            url=reverse("catalogue:edition", args=[edition.qualification_id, edition.pk]),
            link=_("Compare with the printed rule"),
        )


@agenda("catalogue.calendar", "authority_officer", "head_of_body")
def calendar_to_enter(actor: Actor) -> Iterator[OpenItem]:
    """From November on the next year's holidays are known and must be entered."""
    today = clock.today()
    years = [today.year, today.year + 1] if today.month >= 11 else [today.year]
    for year in years:
        if not CalendarDay.objects.filter(date__year=year).exists():
            yield OpenItem(
                "todo",
                _("Enter the working-day calendar of %(year)s") % {"year": year},
                why=_("Without it periods of working days leave out weekends only."),
                basis=_("Administrative Licensing Law, Art. 82"),
                url=reverse("catalogue:calendar"),
                link=_("Enter"),
            )


@tick("catalogue.put_in_force", every=300)
def put_due_editions_in_force() -> None:
    """Confirmed versions whose day has come and in which nothing is missing."""
    due = Edition.objects.filter(state="confirmed", effective_from__lte=clock.today()).select_related("qualification")
    for edition in due.order_by("effective_from"):
        if actions.hindrances(edition, clock.today()):
            continue
        try:
            actions.put_in_force(by=SYSTEM, edition=edition)
        except (Refused, Stale):
            continue
