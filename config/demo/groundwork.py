"""The months before: rules entered and confirmed, the bodies entrusted, the notice published, interests on record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from config.demo.world import World, data_folder
from exams import clock
from exams.bodies import actions as bodies
from exams.bodies.models import ManagementDocument
from exams.catalogue import actions as catalogue
from exams.catalogue import loading
from exams.interests import actions as interests
from exams.programme import actions as programme

PLACE = "临江职业技术学院考点"


def rulebook(world: World) -> None:
    """The example editions: entered by one person, confirmed by another, put in force; the empty real ones beside them."""
    clerk, head = world.actor("exam_clerk"), world.actor("head_of_body")
    world.things["items"] = []
    for path in sorted(data_folder().glob("*.toml")):
        edition = catalogue.enter_edition(by=clerk, path=path)
        catalogue.confirm_edition(by=head, edition=edition)
        catalogue.put_in_force(by=head, edition=edition)
        world.things["items"].append(edition.qualification)
    for path in sorted(Path(loading.__file__).parent.glob("data/tsg-*.toml")):
        catalogue.enter_all(by=clerk, path=path)


def entrustment(world: World) -> None:
    """The authority entrusts both bodies; each files its management documents."""
    officer, today = world.actor("authority_officer"), clock.today()
    for number, body in enumerate((world.body, world.other_body), 1):
        bodies.entrust(
            by=officer, body=body, families=["UT", "MT"], places=[PLACE, "望湖考点"], since=today, until=today + timedelta(days=900),
            document_number=f"云泽市监委〔{today.year}〕{number}号",
        )  # fmt: skip
        head = world.actor("head_of_body", organisation=body)
        for kind in ManagementDocument.Kind.values:
            approved = today - timedelta(days=90)
            bodies.file_document(
                by=head,
                body=body,
                kind=kind,
                version="2",
                approved_on=approved,
                review_on=approved + timedelta(days=365),
                published_on=approved,
            )


def training(world: World) -> None:
    """What the training body reports of its own: an ordinary course, long over for nobody in this story."""
    manager = world.actor("training_manager")
    people = [person for key, rows in world.staff.items() if key == "outside:training_manager" for person in rows]
    since = clock.today() - timedelta(days=400)
    interests.record_training(
        by=manager,
        person=people[0],
        organisation=world.training_body,
        family="UT",
        role="organiser",
        since=since,
        until=since + timedelta(days=10),
    )


def announcement(world: World) -> None:
    """The notice, more than the lead time ahead; and a later one of the other body, left in preparation."""
    clerk, today = world.actor("exam_clerk"), clock.today()
    starts = world.started.date() + timedelta(days=world.things["days_ahead"])
    common = {"items": world.things["items"], "method": "paper", "syllabus": "示例大纲", "contact": "考务办公室 0571-8000 0000"}
    event = programme.plan_event(
        by=clerk, body=world.body, number=f"临江考〔{today.year}〕4号", title=f"{today.year}年第四批（超声、磁粉检测Ⅱ级，示例）",
        apply_from=today, apply_until=today + timedelta(days=14), starts_on=starts, ends_on=starts, place=PLACE,
        eligibility="见考核规则版本（示例）", materials="学历证明、职称证明、检验业绩表，均由聘用单位确认盖章", complaint_phone="0571-8000 0001", **common,
    )  # fmt: skip
    world.things["event"] = programme.publish_notice(by=clerk, event=event)
    other = world.actor("exam_clerk", organisation=world.other_body)
    programme.plan_event(
        by=other, body=world.other_body, number=f"望湖考〔{today.year}〕1号", title=f"{today.year}年第一批（超声检测Ⅱ级，示例）",
        apply_from=today + timedelta(days=80), apply_until=today + timedelta(days=100), starts_on=today + timedelta(days=140),
        ends_on=today + timedelta(days=140), place="望湖考点", **common,
    )  # fmt: skip


def declarations(world: World) -> None:
    """Everybody who will work in the event signs the declaration of interest. Two of them leave something out."""
    event = world.things["event"]
    posts = {"setter", "reviewer", "question_approver", "assembler", "paper_approver", "custodian", "chief", "invigilator",
             "roving_invigilator", "video_monitor", "score_clerk", "score_checker", "score_approver"}  # fmt: skip
    for capacity in sorted(posts):
        for number, person in enumerate(world.staff[capacity]):
            interests.sign_declaration(by=world.actor(capacity, number), person=person, event_id=event.pk, answers={"none": True})
