"""What notices put into the registries: the outbox's tick, the unread ones on the agenda, the inbox on the candidate's rail."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from exams import capacities
from exams.access import Actor
from exams.agenda import OpenItem, agenda
from exams.messages import outbox, queries
from exams.navigation import entry
from exams.ticks import tick


@tick("messages.deliver", every=10)
def deliver() -> None:
    """Send what waits in the outbox."""
    outbox.deliver()


@agenda("messages.unread", *capacities.CAPACITIES, "candidate")
def unread(actor: Actor) -> Iterator[OpenItem]:
    """Notices not yet read."""
    count = queries.unread(actor).count()
    if count:
        title = ngettext("%(n)d notice not yet read", "%(n)d notices not yet read", count) % {"n": count}
        yield OpenItem("wait", title, url=reverse("messages:inbox"), link=_("Read"), said=_("Unread"))


entry("messages.inbox", _("Notices"), "messages:inbox", "candidate", order=80)
