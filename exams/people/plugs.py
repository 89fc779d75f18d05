"""What people put into the registries: watched rows, old counts forgotten, and what is open about accounts."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from exams import capacities, clock
from exams.access import Actor
from exams.agenda import OpenItem, agenda
from exams.journal import queries as journal
from exams.journal.projection import watch
from exams.people import limits, queries
from exams.people.models import Account, Employment, KinEdge, Organisation, RecoverySheet
from exams.ticks import tick

FEW_CODES = 2
SOON = timedelta(days=2)

watch(Employment, "person", "organisation", "since", "until")
watch(KinEdge, "person", "relative_index", "relation", "support", "withdrawn_on")


@journal.REACH.register("people.supervised")
def supervised(actor: Actor) -> Iterator[UUID]:
    """An authority reads the journal entries of the exam bodies it supervises."""
    if actor.capacity in ("authority_officer", "oversight_inspector"):
        yield from Organisation.objects.filter(supervised_by=actor.organisation_id).values_list("pk", flat=True)


@tick("people.forget_old_tries", every=3600)
def forget_old_tries() -> None:
    """Counts of tries to sign in that say nothing any more."""
    limits.forget_old()


@tick("people.clear_sessions", every=86_400)
def clear_sessions() -> None:
    """Sessions that ran out."""
    importlib.import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@agenda("people.recovery_codes", *capacities.CAPACITIES)
def few_recovery_codes(actor: Actor) -> Iterator[OpenItem]:
    """Who has hardly a recovery code left stands outside once the telephone is lost."""
    sheets = RecoverySheet.objects.filter(user=actor.account_id, confirmed=True)
    left = sheets.annotate(left=Count("codes", filter=Q(codes__used_at=None))).values_list("left", flat=True).first()
    if left is not None and left <= FEW_CODES:
        title = ngettext("%(n)d recovery code is left", "%(n)d recovery codes are left", left) % {"n": left}
        why = _("If the telephone is lost, signing in works by a recovery code only.")
        yield OpenItem("todo", title, why=why, url=reverse("people:account"), link=_("Make new recovery codes"))


@agenda("people.first_passwords", "system_administrator", "head_of_body", "employer_clerk")
def first_passwords(actor: Actor) -> Iterator[OpenItem]:
    """First passwords that nobody used and that stop working within two days."""
    until = clock.machine() + SOON
    waiting = Account.objects.filter(must_change_password=True, password_until__gt=clock.machine(), password_until__lt=until)
    for account in waiting.filter(person__in=queries.persons_visible_to(actor)).select_related("person")[:10]:
        yield OpenItem(
            "todo",
            _("%(name)s has not used the first password") % {"name": account.person.name},
            why=_("It stops working then; a new one has to be given."),
            due=account.password_until,
            url=reverse("people:person", args=[account.person_id]),
        )
