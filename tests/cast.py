"""The cast: named organisations and people, made directly as rows so that a test starts where it wants to.

In every access test the stranger appears: somebody lawful, but of another body.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from exams import clock
from exams.access import Actor
from exams.appointments.models import Appointment
from exams.encryption import blind_index
from exams.people.models import Account, Authenticator, Organisation, Person
from exams.people.session import CONFIRMED_MINUTES

SINCE = date(2026, 1, 1)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(n: int, birth: date = date(1985, 3, 14), region: str = "110101") -> str:
    """A synthetic identity number with a true check character; `n` (0–999) makes it unique within birth and region."""
    stem = f"{region}{birth:%Y%m%d}{n:03d}"
    return stem + "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, stem, strict=True)) % 11]


class Cast:
    """Rows are made when first named, so a test pays only for whom it mentions."""

    # -- organisations -------------------------------------------------------------------------------------------------
    @cached_property
    def authority(self) -> Organisation:
        return self._organisation("issuing_authority", "云泽省市场监督管理局", 1)

    @cached_property
    def body(self) -> Organisation:
        return self._organisation("exam_body", "临江特种设备考试中心", 2, self.authority)

    @cached_property
    def other_body(self) -> Organisation:
        return self._organisation("exam_body", "望湖特种设备考试中心", 3, self.authority)

    @cached_property
    def employer(self) -> Organisation:
        return self._organisation("employer", "临江化工检验检测院", 4)

    @cached_property
    def other_employer(self) -> Organisation:
        return self._organisation("employer", "望湖锅炉检验所", 5)

    @cached_property
    def training_body(self) -> Organisation:
        return self._organisation("training_body", "云泽特种设备技能培训有限公司", 6)

    # -- people ---------------------------------------------------------------------------------------------------------
    def person(self, name: str, n: int, birth: date = date(1985, 3, 14)) -> Person:
        """A person without an account; `n` keeps identity numbers apart."""
        number = id_number(n, birth)
        return Person.objects.create(
            name=name, name_key=name, name_match=name, birth_date=birth, sex="male", id_number=number, id_index=blind_index(number)
        )

    def account(self, person: Person, username: str, *, second_factor: bool = True, password: str = "correct horse battery") -> Account:
        """An account with a password and, unless said otherwise, a confirmed authenticator."""
        account = Account(username=username, person=person, language="en")
        account.set_password(password)
        account.save()
        if second_factor:
            Authenticator.objects.create(user=account, name="app", key="31" * 20, confirmed=True, enrolled_at=datetime.now(UTC))
        return account

    def appoint(self, person: Person, capacity: str, organisation: Organisation, **more: Any) -> Appointment:
        return Appointment.objects.create(
            person=person, capacity=capacity, organisation=organisation, since=SINCE, appointed_at=datetime.now(UTC), **more
        )

    def actor(self, capacity: str, organisation: Organisation | None = None, *, name: str = "", n: int = 0, verified: bool = True) -> Actor:
        """Somebody newly made, appointed and acting in that capacity for the body (or the organisation named).

        Calling it twice with the same capacity, organisation and name gives the same person.
        """
        organisation = organisation or self._home_of(capacity)
        key = (capacity, organisation.pk, name)
        if key not in self._actors:
            self._actors[key] = self._make_actor(capacity, organisation, name or f"{capacity}@{organisation.name}", n)
        made = self._actors[key]
        return made if verified else Actor(**{**made.__dict__, "verified": False})

    def candidate(self, person: Person) -> Actor:
        """The person acting for his own matters."""
        account = Account.objects.filter(person=person).first() or self.account(person, f"c-{person.pk.hex[-10:]}", second_factor=False)
        return Actor(account_id=account.pk, person_id=person.pk, name=person.name, capacity="candidate", language="en")

    @property
    def stranger(self) -> Actor:
        """A clerk of another exam body, with a second factor: lawful everywhere but here."""
        return self.actor("exam_clerk", self.other_body, name="stranger")

    @cached_property
    def _actors(self) -> dict[tuple[str, Any, str], Actor]:
        return {}

    def _make_actor(self, capacity: str, organisation: Organisation, name: str, n: int) -> Actor:
        number = n or 500 + len(self._actors)
        person = self.person(name[:80], number, date(1979, 1, 1))
        account = self.account(person, f"u{number}")
        appointment = self.appoint(person, capacity, organisation)
        return Actor(
            account_id=account.pk, person_id=person.pk, name=person.name, capacity=capacity, organisation_id=organisation.pk,
            organisation=organisation.name, appointment_id=appointment.pk, verified=True, language="en",
        )  # fmt: skip

    def _home_of(self, capacity: str) -> Organisation:
        homes = {
            "authority_officer": "authority", "oversight_inspector": "authority",
            "employer_clerk": "employer", "training_manager": "training_body",
        }  # fmt: skip
        return getattr(self, homes.get(capacity, "body"))

    def _organisation(self, kind: str, name: str, n: int, supervised_by: Organisation | None = None) -> Organisation:
        return Organisation.objects.create(kind=kind, name=name, credit_code=f"91110000MA{n:08d}"[:18], supervised_by=supervised_by)


def sign_in(client: Any, account: Account, appointment: Appointment | None = None, *, verified: bool = True) -> None:
    """Sign a test client in, with or without the second factor, acting in an appointment; a moment ago, as a real sign-in."""
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    device = Authenticator.objects.filter(user=account, confirmed=True).first()
    if verified and device is not None:
        session["otp_device_id"] = device.persistent_id
        session["confirmed_at"] = int(clock.machine().timestamp())
    if appointment is not None:
        session["appointment_id"] = str(appointment.pk)
    session.save()


def sign_in_as(client: Any, actor: Actor) -> None:
    """Sign a test client in as an actor of the cast."""
    account = Account.objects.get(pk=actor.account_id)
    appointment = Appointment.objects.filter(pk=actor.appointment_id).first()
    sign_in(client, account, appointment, verified=actor.verified)


def minutes_pass(client: Any) -> None:
    """So long that a grave act asks again who it is."""
    session = client.session
    session["confirmed_at"] -= CONFIRMED_MINUTES * 60 + 1
    session.save()
