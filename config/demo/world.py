"""The demo's world: organisations, people and appointments, made through the real actions, and who can be asked to act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from config.demo.names import People
from config.demo.progress import Progress
from exams import clock
from exams.access import SYSTEM, Actor
from exams.appointments import actions as appointments
from exams.appointments.models import Appointment
from exams.people import actions as people
from exams.people.models import Account, Authenticator, Organisation, Person

# One password for every invented account: the second factor and loopback are what guards the demo.
PASSWORD = "demo-only-Linjiang-2026"  # noqa: S105

# Forty members of staff: capacity, how many. Setter, reviewer and approver are different people, as the rules demand.
STAFF_OF_BODY = (
    ("head_of_body", 1), ("exam_clerk", 2), ("verifier", 2), ("application_approver", 1),
    ("setter", 3), ("reviewer", 1), ("question_approver", 1), ("assembler", 1), ("paper_approver", 1), ("custodian", 2),
    ("chief", 2), ("invigilator", 9), ("roving_invigilator", 2), ("video_monitor", 1),
    ("score_clerk", 1), ("score_checker", 1), ("score_approver", 1), ("archivist", 1),
    ("system_administrator", 1), ("security_administrator", 1),
)  # fmt: skip
STAFF_OF_OTHERS = (
    ("authority", "authority_officer", 1), ("authority", "oversight_inspector", 2),
    ("other_body", "head_of_body", 1), ("other_body", "exam_clerk", 1),
)  # fmt: skip
EMPLOYERS = (
    "临江化工检验检测院", "临江特种设备检验所", "云泽锅炉压力容器检验有限公司", "望湖电力检测中心", "青屏管道检测有限公司",
    "松岭船舶检验检测中心", "白鹭港机检测有限公司", "江右石化检测院", "北岸轨道检测技术有限公司", "云泽第二无损检测中心",
)  # fmt: skip
CANDIDATES = 240


@dataclass
class World:
    """What the story needs to find again."""

    seed: int
    progress: Progress
    started: datetime
    people: People = field(init=False)
    authority: Organisation = field(init=False)
    body: Organisation = field(init=False)
    other_body: Organisation = field(init=False)
    training_body: Organisation = field(init=False)
    employers: list[Organisation] = field(default_factory=list)
    staff: dict[str, list[Person]] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    refusals: int = 0

    def __post_init__(self) -> None:
        self.people = People(self.seed)

    def actor(self, capacity: str, number: int = 0, organisation: Organisation | None = None) -> Actor:
        """A member of staff acting in a capacity, with the second factor that the pages would have asked for."""
        rows = Appointment.objects.filter(capacity=capacity, state="in_force").select_related("person", "organisation", "person__account")
        if organisation is not None or capacity not in _ELSEWHERE:
            rows = rows.filter(organisation=organisation or self.body)
        return acting(list(rows.order_by("appointed_at", "id"))[number])

    def candidate(self, person: Person) -> Actor:
        """A candidate acting for himself."""
        account = Account.objects.filter(person=person).first()
        return Actor(account_id=account.pk if account else person.pk, person_id=person.pk, name=person.name, capacity="candidate")

    def go_to(self, moment: datetime) -> None:
        """Let days pass by the legal clock; never backwards."""
        if moment > clock.now():
            clock.move_to(moment)


_ELSEWHERE = {"authority_officer", "oversight_inspector", "employer_clerk", "training_manager"}


def acting(appointment: Appointment) -> Actor:
    account = Account.objects.filter(person=appointment.person_id).first()
    return Actor(
        account_id=account.pk if account else None,
        person_id=appointment.person_id,
        name=appointment.person.name,
        capacity=appointment.capacity,
        organisation_id=appointment.organisation_id,
        organisation=appointment.organisation.name,
        appointment_id=appointment.pk,
        verified=account is not None and Authenticator.objects.filter(user=account, confirmed=True).exists(),
    )


def organisations(world: World) -> None:
    """One authority, two exam bodies, a training body, ten employers."""
    codes = world.people.credit_codes()

    def register(kind: str, name: str, **more: Any) -> Organisation:
        return people.register_organisation(by=SYSTEM, kind=kind, name=name, credit_code=next(codes), **more)

    world.authority = register("issuing_authority", "云泽省市场监督管理局", name_en="Yunze Provincial Administration for Market Regulation")
    world.body = register("exam_body", "临江特种设备考试中心", supervised_by=world.authority, name_en="Linjiang Examination Centre")
    world.other_body = register("exam_body", "望湖特种设备考试中心", supervised_by=world.authority, name_en="Wanghu Examination Centre")
    world.training_body = register("training_body", "云泽特种设备技能培训有限公司", name_en="Yunze Training Co.")
    world.employers = [register("employer", name) for name in EMPLOYERS]


def staff(world: World) -> None:
    """Forty people with accounts, second factors and appointments, each asked of the recusal rules."""
    posts = [(world.body, capacity) for capacity, count in STAFF_OF_BODY for _ in range(count)]
    posts += [(getattr(world, name), capacity) for name, capacity, count in STAFF_OF_OTHERS for _ in range(count)]
    for organisation, capacity in world.progress.each(posts, "staff"):
        _engage(world, organisation, capacity)
    for employer in world.employers:
        _engage(world, employer, "employer_clerk", counted=False)
    _engage(world, world.training_body, "training_manager", counted=False)


def _engage(world: World, organisation: Organisation, capacity: str, *, counted: bool = True) -> Person:
    """A person with a post, an account with second factor, and the appointment."""
    number = sum(map(len, world.staff.values()))
    person = people.register_person(
        by=SYSTEM, name=world.people.name(), id_number=world.people.id_number(1970, 1992), phone=world.people.phone()
    )
    people.record_employment(by=SYSTEM, person=person, organisation=organisation, since=_years_ago(world, 6), post=capacity)
    open_account(person, f"staff{number + 1:02d}")
    since = clock.today()
    appointments.appoint(
        by=SYSTEM, person=person, capacity=capacity, organisation=organisation, since=since, until=since + timedelta(days=730)
    )
    world.staff.setdefault(capacity if counted else f"outside:{capacity}", []).append(person)
    return person


def open_account(person: Person, username: str) -> Account:
    """An account whose second factor is already enrolled: in this world nobody holds a telephone."""
    people.open_account(by=SYSTEM, person=person, username=username, password=PASSWORD)
    account = Account.objects.get(username=username)
    Account.objects.filter(pk=account.pk).update(must_change_password=False, password_until=None)
    Authenticator.objects.create(
        user=account, name="demo", key=f"{account.pk.hex}{account.pk.hex[:8]}", confirmed=True, enrolled_at=clock.machine()
    )
    return account


def _years_ago(world: World, years: int) -> date:
    return date(world.started.year - years, 3, 1)


def figures(world: World) -> dict[str, int]:
    return {
        "staff": sum(len(rows) for key, rows in world.staff.items() if not key.startswith("outside:")),
        "employers": len(world.employers),
    }


def data_folder() -> Path:
    return Path(__file__).resolve().parent / "catalogue"
