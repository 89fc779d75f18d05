"""manage.py first_people: opens an empty installation with its three administrators, who exclude one another."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from exams import clock
from exams.access import SYSTEM
from exams.appointments import actions as appointments
from exams.appointments.models import ADMINISTRATORS, Appointment
from exams.errors import Refused
from exams.people import actions as people
from exams.people.models import Organisation
from exams.people.passwords import first_password


class Command(BaseCommand):
    help = "Enters the organisation and its system, security and audit administrator, and prints their first passwords once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", choices=["exam_body", "issuing_authority"], default="exam_body")
        parser.add_argument("--name", required=True, help="full name of the organisation")
        parser.add_argument("--credit-code", required=True)
        for capacity in ADMINISTRATORS:
            option = "--" + capacity.split("_")[0]
            parser.add_argument(option, required=True, nargs=3, metavar=("USERNAME", "NAME", "ID_NUMBER"), dest=capacity)

    def handle(self, *args: Any, **options: Any) -> None:
        if Appointment.objects.filter(capacity__in=ADMINISTRATORS).exists():
            raise CommandError("this installation has administrators; they appoint whoever comes next")
        try:
            with transaction.atomic():
                opened = self._open(options)
        except Refused as refusal:
            raise CommandError("\n".join(f"{one.id}: {one.text()} {one.remedy_text()}".strip() for one in refusal.objections)) from None
        for username, secret in opened:
            self.stdout.write(f"{username}  {secret}")

    def _open(self, options: dict[str, Any]) -> list[tuple[str, str]]:
        organisation = people.register_organisation(
            by=SYSTEM, kind=options["kind"], name=options["name"], credit_code=options["credit_code"]
        )
        return [self._administrator(organisation, capacity, *options[capacity]) for capacity in ADMINISTRATORS]

    def _administrator(self, organisation: Organisation, capacity: str, username: str, name: str, number: str) -> tuple[str, str]:
        person = people.register_person(by=SYSTEM, name=name, id_number=number)
        secret = first_password()
        people.open_account(by=SYSTEM, person=person, username=username, password=secret)
        appointments.appoint(by=SYSTEM, person=person, capacity=capacity, organisation=organisation, since=clock.today())
        return username, secret
