"""Events are planned inside the entrustment with complete rules, announced in time, and closed when their time is over."""

from datetime import timedelta

import pytest
import time_machine

from exams import clock
from exams.errors import NotPermitted, Refused, Stale
from exams.interests import events as named_events
from exams.interests.models import Declaration
from exams.journal.models import Entry
from exams.messages.models import Message
from exams.programme import actions, plugs, queries
from exams.programme.models import AnnualPlan, Event, LateConsent, ProgrammeParameter
from tests.exams.programme.events import dates, entrust, item, planned


def ids(refused):
    return [objection.id for objection in refused.value.objections]


@pytest.fixture
def world(cast):
    entrust(cast)
    return cast


# ------------------------------------------------------------------------------------------------------------------- planning


def test_an_event_is_planned_with_the_edition_in_force(world):
    event = planned(world, item())
    assert (event.state, event.example) == ("draft", True)
    assert [row.edition.version for row in event.items.all()] == ["2026-01-01"]
    assert event.basis == "TSG Z8001-2019" and event.ticket_from == event.apply_until + timedelta(days=1)


def test_an_item_with_empty_values_is_refused_with_the_list(world):
    with pytest.raises(Refused) as refused:
        planned(world, item(state="draft", certificate_years={}, retakes={}))
    assert ids(refused) == ["programme.missing_values"]
    assert "Certificate validity (years), Retakes allowed" in refused.value.objections[0].text()
    assert not Event.objects.exists()
    assert Entry.objects.get(action="programme.plan_event").outcome == "refused"


def test_rules_entered_but_not_in_force_are_not_enough(world):
    with pytest.raises(Refused) as refused:
        planned(world, item(state="confirmed"))
    assert ids(refused) == ["programme.no_edition"]


@pytest.mark.parametrize(
    ("change", "id"),
    [
        ({"place": "云泽考点"}, "bodies.place"),
        ({"number": " "}, "programme.number"),
        ({"title": ""}, "programme.title"),
        ({"method": "dance"}, "programme.method"),
        ({"start_in": 2000}, "bodies.period"),
        ({"start_in": 10}, "programme.apply_late"),
    ],
)
def test_what_lies_outside_is_refused(world, change, id):
    with pytest.raises(Refused) as refused:
        planned(world, item(), **change)
    assert ids(refused) == [id]


def test_an_item_that_was_not_entrusted_is_refused(world):
    with pytest.raises(Refused) as refused:
        planned(world, item("MT-Ⅱ", "MT"))
    assert ids(refused) == ["bodies.item"]


def test_a_number_is_given_once_in_a_body(world):
    qualification = item()
    planned(world, qualification)
    with pytest.raises(Refused) as refused:
        planned(world, qualification)
    assert ids(refused) == ["programme.number_taken"]


def test_nobody_plans_for_another_body(world):
    given = {"number": "1", "title": "t", "items": [item()], "place": "临江考点", "method": "paper", **dates()}
    for by in (world.stranger, world.actor("authority_officer"), world.actor("invigilator")):
        with pytest.raises(NotPermitted):
            actions.plan_event(by=by, body=world.body, **given)


def test_the_staff_is_asked_to_declare_once_after_the_notice(world):
    event, clerk = planned(world, item()), world.actor("exam_clerk")
    setter = world.actor("setter")
    world.actor("setter", world.other_body)
    with pytest.raises(Refused) as refused:
        actions.ask_declarations(by=clerk, event=event)
    assert ids(refused) == ["programme.not_asking"]
    actions.publish_notice(by=clerk, event=event)
    assert [actions.ask_declarations(by=clerk, event=event) for _ in range(2)] == [1, 0]
    row = Declaration.objects.get()
    assert (row.person_id, row.state, row.due_on) == (setter.person_id, "due", event.starts_on)
    assert Message.objects.get(kind="interests.declare").person_id == setter.person_id
    assert queries.declarations_of(event) == {"asked": 1, "signed": 0}
    with pytest.raises(NotPermitted):
        actions.ask_declarations(by=world.stranger, event=event)


# ------------------------------------------------------------------------------------------------------------------ the notice


def test_a_notice_is_published_and_the_event_announced(world):
    event = planned(world, item())
    assert queries.blockers_of_notice(event) == []
    actions.publish_notice(by=world.actor("exam_clerk"), event=event)
    assert event.state == "announced" and queries.published().get() == event
    with pytest.raises(Stale):
        actions.publish_notice(by=world.actor("exam_clerk"), event=event)


def test_a_notice_lacks_no_field(world):
    event = planned(world, item(), syllabus="", contact="")
    with pytest.raises(Refused) as refused:
        actions.publish_notice(by=world.actor("exam_clerk"), event=event)
    assert [one.params["field"] for one in refused.value.objections] == ["Syllabus", "Contact"]
    actions.publish_notice(by=world.actor("exam_clerk"), event=event, syllabus="大纲", contact="电话")
    assert Event.objects.get().state == "announced"


def test_a_late_notice_needs_the_authoritys_consent(world):
    event, clerk, officer = planned(world, item(), start_in=19), world.actor("exam_clerk"), world.actor("authority_officer")
    with pytest.raises(Refused) as refused:
        actions.publish_notice(by=clerk, event=event)
    assert ids(refused) == ["programme.late_notice"]
    consent = actions.ask_late_consent(by=clerk, event=event, reason="设备检修推迟，考生已全部告知")
    with pytest.raises(NotPermitted):
        actions.decide_late_consent(by=world.actor("head_of_body"), consent=consent, granted=True)
    event = Event.objects.get()
    with pytest.raises(Refused):
        actions.publish_notice(by=clerk, event=event)
    actions.decide_late_consent(by=officer, consent=consent, granted=True, document_number="云市监特函〔2026〕3号")
    actions.publish_notice(by=clerk, event=Event.objects.get())
    assert LateConsent.objects.get().decided_name == officer.name


def test_a_refused_consent_helps_nobody(world):
    event, clerk = planned(world, item(), start_in=12), world.actor("exam_clerk")
    consent = actions.ask_late_consent(by=clerk, event=event, reason="设备检修推迟，考生已全部告知")
    actions.decide_late_consent(by=world.actor("authority_officer"), consent=consent, granted=False)
    with pytest.raises(Refused) as refused:
        actions.publish_notice(by=clerk, event=Event.objects.get())
    assert ids(refused) == ["programme.late_notice"]
    with pytest.raises(Refused) as refused:
        actions.ask_late_consent(by=clerk, event=event, reason="设备检修推迟，考生已全部告知")
    assert ids(refused) == ["programme.consent_asked"]


def test_what_was_published_is_corrected_not_edited(world):
    event, clerk = planned(world, item()), world.actor("exam_clerk")
    with pytest.raises(Refused) as refused:
        actions.correct_notice(by=clerk, event=event, document_number="2026-04-1", text="考试时间改为上午10点")
    assert ids(refused) == ["programme.not_published"]
    actions.publish_notice(by=clerk, event=event)
    with pytest.raises(Refused) as refused:
        actions.change_event(by=clerk, event=event, title="另一标题")
    assert ids(refused) == ["programme.announced"]
    correction = actions.correct_notice(by=clerk, event=event, document_number="2026-04-1", text="考试时间改为上午10点")
    assert correction.event == event
    with pytest.raises(Refused) as refused:
        actions.correct_notice(by=clerk, event=event, document_number="2026-04-2", text="须缴纳培训费")
    assert ids(refused) == ["programme.forbidden_words"]


def test_a_changed_event_is_put_to_the_entrustment_again(world):
    event = planned(world, item())
    with pytest.raises(Refused) as refused:
        actions.change_event(by=world.actor("exam_clerk"), event=event, place="云泽考点")
    assert ids(refused) == ["bodies.place"]
    assert Event.objects.get().place == "临江考点"


def test_an_entrustment_that_ended_meanwhile_stops_the_notice(world):
    event = planned(world, item())
    world.body.entrustments.update(state="suspended")
    with pytest.raises(Refused) as refused:
        actions.publish_notice(by=world.actor("exam_clerk"), event=event)
    assert ids(refused) == ["bodies.no_entrustment"]


# --------------------------------------------------------------------------------------------------------- closing, cancelling


def test_applications_are_not_cut_short_and_close_by_themselves(world):
    event, clerk = planned(world, item()), world.actor("exam_clerk")
    actions.publish_notice(by=clerk, event=event)
    last = event.apply_until
    for shift, state in ((0, "announced"), (1, "applications_closed")):
        with time_machine.travel(f"{last + timedelta(days=shift)}T04:00:00Z", tick=False):
            if not shift:
                with pytest.raises(Refused) as refused:
                    actions.close_applications(by=clerk, event=event)
                assert ids(refused) == ["programme.still_open"]
            for _ in range(2):
                plugs.close_at_deadline()
        assert Event.objects.get().state == state


def test_an_event_is_cancelled_by_the_head_with_a_reason(world):
    event = planned(world, item())
    with pytest.raises(NotPermitted):
        actions.cancel_event(by=world.actor("exam_clerk"), event=event, reason="场地停电无法恢复")
    with pytest.raises(Refused):
        actions.cancel_event(by=world.actor("head_of_body"), event=event, reason="停电")
    actions.cancel_event(by=world.actor("head_of_body"), event=event, reason="场地停电无法恢复")
    assert Event.objects.get().state == "cancelled"


# -------------------------------------------------------------------------------------------------------- parameters, plans, names


def test_the_lead_time_has_a_least_value_and_a_source(world):
    officer, today = world.actor("authority_officer"), clock.today()
    for value in ("9", "x", "-20"):
        with pytest.raises(Refused) as refused:
            actions.set_parameter(by=officer, code="NOTICE_LEAD_DAYS", value=value, source="规定", effective_from=today)
        assert ids(refused) == ["programme.lead_days"]
    with pytest.raises(Refused):
        actions.set_parameter(by=officer, code="NOTICE_LEAD_DAYS", value="30", source="", effective_from=today)
    assert queries.lead_time() == (20, "W-CASEI23")
    actions.set_parameter(by=officer, code="NOTICE_LEAD_DAYS", value="30", source="省局规定", effective_from=today)
    assert queries.lead_time() == (30, "省局规定") and ProgrammeParameter.objects.count() == 1
    event = planned(world, item(), start_in=29)
    assert [one.id for one in queries.blockers_of_notice(event)] == ["programme.late_notice"]


def test_an_annual_plan_is_drawn_up_again_until_it_is_published(world):
    qualification, clerk = item(), world.actor("exam_clerk")
    given = {"body": world.body, "year": 2027, "document_number": "考字第4号", "basis": "TSG Z8001-2019"}
    for month in (4, 5):
        plan = actions.plan_year(by=clerk, items=[(qualification, month, clock.today())], **given)
    assert [row.month for row in plan.items.all()] == [5]
    actions.publish_plan(by=clerk, plan=plan)
    with pytest.raises(Refused) as refused:
        actions.plan_year(by=clerk, items=[(qualification, 6, clock.today())], **given)
    assert ids(refused) == ["programme.plan_published"]
    assert AnnualPlan.objects.get().state == "published"


def test_interests_learn_what_an_event_is_called(world):
    event = planned(world, item())
    found = named_events.named(str(event.pk))
    assert (found.text, found.body_id, found.families) == (str(event), world.body.pk, ("UT",))
    assert named_events.named("nonsense") is None


# ----------------------------------------------------------------------------------------------------------------- who sees what


@pytest.mark.parametrize(
    ("who", "draft", "announced"),
    [
        ("exam_clerk", 1, 1),
        ("invigilator", 1, 1),
        ("authority_officer", 0, 1),
        ("oversight_inspector", 0, 1),
        ("employer_clerk", 0, 1),
    ],
)
def test_a_draft_is_for_the_body_alone(world, who, draft, announced):
    event = planned(world, item())
    assert queries.visible_to(world.actor(who)).count() == draft
    assert not queries.visible_to(world.stranger).exists() and not queries.published().exists()
    actions.publish_notice(by=world.actor("exam_clerk"), event=event)
    assert queries.visible_to(world.actor(who)).count() == announced
    assert not queries.visible_to(world.stranger).exists()
