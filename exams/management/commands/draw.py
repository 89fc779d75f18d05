"""manage.py draw --replay EVENT: do the draws of an event over again and say whether they match."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from exams.programme.models import Event
from exams.sittings.models import Draw
from exams.sittings.replay import Replayed, replay


class Command(BaseCommand):
    help = (
        "Does every draw of an event over again from what the journal fixed and the witness signed. Exits with 1 and names what does not "
        "match, with 2 if there is no such event or key. --witness-key FILE checks with the authority's own copy of the witness's key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--replay", metavar="EVENT", required=True, help="number of the event, or part of its title")
        parser.add_argument("--witness-key", metavar="FILE", type=Path, help="verifier key of the witness, as the authority holds it")

    def handle(self, *args: Any, **options: Any) -> None:
        draws, key = _draws(options["replay"]), _key(options["witness_key"])
        found = [replay(draw, witness_key=key) for draw in draws]
        for one in found:
            self._say(one)
        wrong = [one for one in found if one.faults]
        if wrong:
            raise CommandError(_("%(n)s of %(all)s draws do not match.") % {"n": len(wrong), "all": len(found)})
        self.stdout.write(_("%(all)s draws, all as recorded.") % {"all": len(found)})

    def _say(self, one: Replayed) -> None:
        draw = one.draw
        verdict = _("does not match") if one.faults else _("matches") if one.matches else _("waits for the witness")
        where = draw.slot or draw.event
        self.stdout.write(f"{draw.opened_at:%Y-%m-%d %H:%M:%S}  {draw.get_kind_display()}  {where}  {draw.state}: {verdict}")
        for fault in one.faults:
            self.stdout.write(f"  {fault.id}  {fault.text()}")


def _draws(wanted: str) -> QuerySet[Draw]:
    events = Event.objects.filter(Q(number=wanted) | Q(title__icontains=wanted))
    if len(events) != 1:
        raise CommandError(_("%(n)s events answer to “%(wanted)s”.") % {"n": len(events), "wanted": wanted}, returncode=2)
    return Draw.objects.filter(event=events[0]).select_related("slot__item__qualification", "event").order_by("opened_at")


def _key(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("The key cannot be read: %(error)s") % {"error": error}, returncode=2) from error
