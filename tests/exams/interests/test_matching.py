"""Reports that name somebody without a number: never matched silently, put to the rules as a doubt, decided by a named superior."""

import json
from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from exams.access import SYSTEM
from exams.errors import NotPermitted, Refused, Stale
from exams.interests import actions, identifying, matching, queries, recording
from exams.interests.matching import Named
from exams.interests.models import Attendance, Authorship, Course, Dispute, MatchDoubt, TrainingEngagement, Unmatched
from exams.journal.models import Detail, Entry
from exams.people.actions import correct_person, register_person
from exams.people.models import Employment, KinEdge, Person
from exams.recusal.actions import decide
from tests.cast import id_number
from tests.exams.recusal.matters import employ, kin, matter

BORN = date(1985, 3, 14)
WHY = "与本人及其单位核对过出生日期和岗位"


@pytest.fixture
def manager(cast):
    return cast.actor("training_manager")


@pytest.fixture
def course(cast, manager):
    row = Course(
        organisation=cast.training_body, number="PX-1", title="超声班", family="UT", since=date(2025, 6, 9), until=date(2025, 6, 20)
    )
    return recording.courses(manager, [row])[0]


def report(by, kind="training", name="甲", born=BORN, **given):
    return matching.wait_for(by, [Named(kind=kind, name=name, birth_date=born, **given)])


def doubt_of(person):
    return MatchDoubt.objects.select_related("unmatched", "person").get(person=person)


def head_of(cast, *persons):
    """The head of a body in which these work."""
    for person in persons:
        employ(person, cast.body)
    return cast.actor("head_of_body")


def ids(ruling):
    return [one["id"] for one in ruling.objections]


def ask(cast, staff, *candidates, **more):
    return decide(person=staff, capacity="invigilator", matter=matter(cast, *candidates, **more), by=SYSTEM)


# ------------------------------------------------------------------------------------------------------------- who may be meant


@pytest.mark.parametrize(
    ("name", "born", "may_be"),
    [
        ("甲", BORN, True),
        ("甲", None, True),
        (" 甲 ", BORN, True),
        ("甲", date(1985, 3, 15), False),
        ("乙", BORN, False),
    ],
)
def test_name_and_birth_date_make_a_doubt_and_never_a_match(cast, manager, course, name, born, may_be):
    person = cast.person("甲", 1)
    report(manager, name=name, born=born, course=course)
    assert MatchDoubt.objects.filter(person=person, state="open").exists() is may_be
    assert not TrainingEngagement.objects.exists()


def test_everybody_of_the_name_may_be_meant_also_whose_birth_date_is_not_known(cast, manager, course):
    one, other, unknown = cast.person("甲", 1), cast.person("甲", 2, date(1990, 1, 1)), cast.person("甲", 3)
    Person.objects.filter(pk=unknown.pk).update(birth_date=None)
    report(manager, course=course)
    assert set(MatchDoubt.objects.values_list("person_id", flat=True)) == {one.pk, unknown.pk}
    report(manager, born=None, course=course)
    assert MatchDoubt.objects.filter(person=other).count() == 1


def test_the_same_report_waits_once(cast, manager, course):
    cast.person("甲", 1)
    assert len(report(manager, course=course)) == 1
    assert report(manager, course=course) == []
    assert Unmatched.objects.count() == MatchDoubt.objects.count() == 1


def test_what_was_reported_is_encrypted_and_the_name_only_a_keyed_digest(cast, manager, course):
    [row] = report(manager, name="司马相如", course=course)
    with connection.cursor() as cursor:
        cursor.execute("SELECT told, name_index, same_key FROM exams_unmatched")
        stored = "".join(cursor.fetchone())
    assert "司马相如" not in stored and "1985" not in stored
    assert queries.told(Unmatched.objects.get(pk=row.pk)) == {"name": "司马相如", "birth_date": BORN}
    bodies = b"".join(bytes(one) for one in Entry.objects.values_list("body", flat=True)).decode()
    assert "司马相如" not in bodies


def test_whoever_is_registered_later_under_the_name_raises_a_doubt(cast, manager, course):
    report(manager, name="贺兰静", born=date(1985, 3, 14), course=course)
    assert not MatchDoubt.objects.exists()
    clerk = cast.actor("exam_clerk")
    person = register_person(by=clerk, name="贺兰静", id_number=id_number(7))
    assert doubt_of(person).state == "open"
    other = register_person(by=clerk, name="贺兰静", id_number=id_number(8, date(1990, 1, 1)))
    assert not MatchDoubt.objects.filter(person=other).exists()
    third = register_person(by=clerk, name="贺兰婧", id_number=id_number(9))
    correct_person(by=clerk, person=third, reason="证件上的字写错", name="贺兰静")
    assert doubt_of(third).state == "open"


def test_report_and_registration_of_the_same_moment_are_found_afterwards(cast, manager, course):
    report(manager, course=course)
    person = cast.person("甲", 1)  # as if registered by a transaction that did not see the report
    assert len(matching.missed()) == 1
    assert len(identifying.match_again(by=SYSTEM)) == 1 and matching.missed() == [] and identifying.match_again(by=SYSTEM) == []
    assert doubt_of(person).state == "open"


# ---------------------------------------------------------------------------------------------- what the rules are told meanwhile


def test_until_decided_the_possible_teacher_is_put_to_a_superior(cast, manager, course):
    person = cast.person("甲", 1)
    report(manager, course=course)
    ruling = ask(cast, person)
    assert (ids(ruling), ruling.allowed) == (["recusal.match_doubt"], False)
    assert ruling.objections[0]["severity"] == "decide" and ruling.objections[0]["params"]["ground"] == "Trained for this item"
    assert ids(ask(cast, person, family="RT")) == []
    assert ids(ask(cast, cast.person("乙", 2))) == []


def test_the_possible_trainee_is_a_doubt_for_the_teachers(cast, manager, course):
    teacher, candidate = cast.person("师", 1), cast.person("甲", 2)
    recording.teachers(manager, [recording.Taught(course=course, person=teacher)])
    report(manager, "attendance", course=course)
    ruling = ask(cast, teacher, candidate, family="RT")
    assert ids(ruling) == ["recusal.match_doubt"] and ruling.objections[0]["params"]["ground"] == "Trained a candidate"
    assert ids(ask(cast, teacher, cast.person("别人", 3), family="RT")) == []


def test_who_attended_a_course_was_trained_by_everybody_who_taught_it(cast, manager, course):
    teachers = [cast.person("师", 1), cast.person("傅", 2)]
    trainee = cast.person("甲", 3)
    recording.teachers(manager, [recording.Taught(course=course, person=one) for one in teachers])
    recording.trainees(manager, [(course, trainee)])
    for one in teachers:
        assert "recusal.trained_candidate" in ids(ask(cast, one, trainee, family="RT"))


def test_a_relative_declared_by_name_is_a_doubt_in_both_directions_and_beyond(cast):
    staff, wife, child = cast.person("甲", 1), cast.person("乙", 2), cast.person("丙", 3)
    by_name(cast, staff, "wife", "乙")
    kin(wife, "son", child)
    for one, other in ((staff, wife), (wife, staff), (staff, child), (child, staff)):
        assert "recusal.match_doubt" in ids(ask(cast, one, other)), (one, other)
    assert ids(ask(cast, wife, child)) == ["recusal.kin_of_candidate"]
    private = next(one for one in ask(cast, staff, wife).objections if one["id"] == "recusal.match_doubt")
    assert private["private"] == ["candidate"]


def by_name(cast, person, relation, name, born=BORN):
    return actions.declare_relative(
        by=cast.candidate(person), person=person, relation=relation, relative_name=name, birth_date=born
    )


def test_every_other_kind_is_told_too(cast):
    clerk, head = cast.actor("exam_clerk"), cast.actor("head_of_body")
    person, candidate = cast.person("甲", 1), cast.person("乙", 2)
    book = {"title": "讲义", "family": "UT", "published_on": date(2025, 1, 1)}
    report(clerk, "authorship", rest=book)
    assert [one["params"]["ground"] for one in ask(cast, person).objections] == ["Wrote training material"]
    Unmatched.objects.all().update(state="withdrawn")
    report(clerk, "employment", organisation=cast.training_body, rest={"since": date(2024, 1, 1), "until": None, "post": "教师"})
    assert [one["params"]["ground"] for one in ask(cast, person).objections] == ["Post in a training body"]
    Unmatched.objects.all().update(state="withdrawn")
    employ(person, cast.body)
    actions.record_dispute(by=head, person=person, other_name="乙", text="曾投诉", since=date(2026, 1, 1), kind="complaint")
    for one, other in ((person, candidate), (candidate, person)):
        assert [each["params"]["ground"] for each in ask(cast, one, other).objections] == ["Dispute with a candidate"]


def test_a_doubtful_post_of_a_candidate_is_told_to_colleagues_of_that_employer(cast):
    clerk, staff, candidate = cast.actor("exam_clerk"), cast.person("甲", 1), cast.person("乙", 2)
    employ(staff, cast.employer)
    report(clerk, "employment", name="乙", organisation=cast.employer, rest={"since": date(2024, 1, 1), "until": None})
    assert [one["params"]["ground"] for one in ask(cast, staff, candidate).objections] == ["Same employer"]


# ------------------------------------------------------------------------------------------------------------------- deciding


def test_the_same_person_puts_the_fact_on_record_and_answers_the_others(cast, manager, course):
    one, other = cast.person("甲", 1), cast.person("甲", 2)
    report(manager, course=course)
    head = head_of(cast, one, other)
    identifying.decide_doubt(by=head, doubt=doubt_of(one), same=True, reason=WHY)
    engagement = TrainingEngagement.objects.get()
    assert (engagement.person, engagement.held_in, engagement.family, engagement.until) == (one, course, "UT", course.until)
    assert (doubt_of(one).state, doubt_of(other).state) == ("same_person", "other_person")
    row = Unmatched.objects.get()
    assert (row.state, row.matched_to) == ("matched", one)
    decided = doubt_of(one)
    assert decided.decided_by_id == head.person_id and decided.reason == WHY
    assert ids(ask(cast, one)) == ["recusal.trained_for_item"] and ids(ask(cast, other)) == []
    entry = Entry.objects.filter(action="interests.decide_doubt", object_id=str(decided.pk)).get()
    assert WHY not in bytes(entry.body).decode() and WHY in bytes(Detail.objects.get(entry=entry).data).decode()


@pytest.mark.parametrize("kind", ["attendance", "authorship", "employment", "dispute", "kin"])
def test_each_kind_goes_on_record_for_the_person_meant(cast, manager, course, kind):
    one, declarer = cast.person("甲", 1), cast.person("丁", 2)
    given = {
        "attendance": {"course": course},
        "authorship": {"rest": {"title": "讲义", "family": "UT", "published_on": date(2025, 1, 1)}},
        "employment": {"organisation": cast.training_body, "rest": {"since": date(2024, 1, 1), "until": None, "post": "教师"}},
        "dispute": {"person": declarer, "rest": {"since": date(2024, 1, 1), "text": "旧案", "dispute_kind": "lawsuit", "number": "7"}},
        "kin": {"person": declarer, "rest": {"relation": "brother", "support": False}},
    }[kind]
    report(manager, kind, **given)
    identifying.decide_doubt(by=head_of(cast, one), doubt=doubt_of(one), same=True, reason=WHY)
    made = {
        "attendance": Attendance.objects.filter(course=course, trainee=one),
        "authorship": Authorship.objects.filter(person=one, title="讲义"),
        "employment": Employment.objects.filter(person=one, organisation=cast.training_body, post="教师"),
        "dispute": Dispute.objects.filter(person=declarer, other_person=one, kind="lawsuit", number="7"),
        "kin": KinEdge.objects.filter(person=declarer, relative_index=one.id_index, relation="brother"),
    }[kind]
    assert made.count() == 1


def test_none_of_them_leaves_the_name_waiting_for_others(cast, manager, course):
    one, other = cast.person("甲", 1), cast.person("甲", 2)
    [row] = report(manager, course=course)
    identifying.none_of_them(by=head_of(cast, one, other), unmatched=row, reason=WHY)
    assert {doubt.state for doubt in MatchDoubt.objects.all()} == {"other_person"} and Unmatched.objects.get().state == "open"
    assert ids(ask(cast, one)) == []
    third = register_person(by=cast.actor("exam_clerk"), name="甲", id_number=id_number(9))
    assert doubt_of(third).state == "open"


def test_an_answer_may_be_taken_up_again(cast, manager, course):
    one = cast.person("甲", 1)
    report(manager, course=course)
    head = head_of(cast, one)
    identifying.decide_doubt(by=head, doubt=doubt_of(one), same=False, reason=WHY)
    assert ids(ask(cast, one)) == []
    identifying.reopen_doubt(by=head, doubt=doubt_of(one), reason="培训机构补充了照片")
    assert ids(ask(cast, one)) == ["recusal.match_doubt"]
    with pytest.raises(Stale):
        identifying.reopen_doubt(by=head, doubt=doubt_of(one), reason="培训机构补充了照片")


def test_whoever_reported_gives_the_number_and_nothing_is_left(cast, manager, course):
    one, other = cast.person("甲", 1), cast.person("甲", 2)
    [row] = report(manager, course=course)
    with pytest.raises(Refused):
        identifying.identify(by=manager, unmatched=row, id_number="110101198503140021")
    identifying.identify(by=manager, unmatched=row, id_number=id_number(2))
    assert TrainingEngagement.objects.get().person == other
    assert (doubt_of(one).state, doubt_of(other).state) == ("other_person", "same_person")
    assert json.loads(bytes(Entry.objects.filter(action="interests.identify", outcome="done").get().body))["object"]["id"] == str(row.pk)


def test_the_number_of_a_relative_who_is_not_registered_is_enough(cast):
    staff = cast.person("甲", 1)
    row = by_name(cast, staff, "wife", "乙")
    identifying.identify(by=cast.candidate(staff), unmatched=row, id_number=id_number(44))
    assert Unmatched.objects.get().state == "completed" and not Person.objects.filter(name="乙").exists()
    wife = register_person(by=cast.actor("exam_clerk"), name="乙", id_number=id_number(44))
    assert ids(ask(cast, staff, wife)) == ["recusal.kin_of_candidate"] and not MatchDoubt.objects.exists()


def test_a_report_taken_back_is_over_and_may_be_made_again(cast, manager, course):
    person = cast.person("甲", 1)
    [row] = report(manager, course=course)
    identifying.withdraw_name(by=manager, unmatched=row, reason="名单弄错了培训班")
    assert ids(ask(cast, person)) == []
    assert len(report(manager, course=course)) == 1 and ids(ask(cast, person)) == ["recusal.match_doubt"]


def test_deciding_asks_everybody_again_whom_it_may_concern(cast, manager, course, monkeypatch):
    told = []
    monkeypatch.setattr("exams.people.news.announce", told.append)
    teacher, one = cast.person("师", 1), cast.person("甲", 2)
    recording.teachers(manager, [recording.Taught(course=course, person=teacher)])
    told.clear()
    report(manager, "attendance", course=course)
    assert {teacher.pk, one.pk} <= set(told)
    told.clear()
    identifying.decide_doubt(by=head_of(cast, one), doubt=doubt_of(one), same=False, reason=WHY)
    assert {teacher.pk, one.pk} <= set(told)


# --------------------------------------------------------------------------------------------------------------- who decides


def test_who_may_decide_and_who_may_not(cast, manager, course):
    one = cast.person("甲", 1)
    [row] = report(manager, course=course)
    head = head_of(cast, one)
    for by in (manager, cast.actor("exam_clerk"), cast.candidate(one), cast.stranger, cast.actor("head_of_body", cast.other_body)):
        with pytest.raises(NotPermitted):
            identifying.decide_doubt(by=by, doubt=doubt_of(one), same=False, reason=WHY)
        with pytest.raises(NotPermitted):
            identifying.none_of_them(by=by, unmatched=row, reason=WHY)
    for by in (head, cast.candidate(one), cast.stranger):
        with pytest.raises(NotPermitted):
            identifying.identify(by=by, unmatched=row, id_number=id_number(1))
        with pytest.raises(NotPermitted):
            identifying.withdraw_name(by=by, unmatched=row, reason=WHY)
    with pytest.raises(Refused):
        identifying.decide_doubt(by=head, doubt=doubt_of(one), same=False, reason="短")
    identifying.decide_doubt(by=cast.actor("authority_officer"), doubt=doubt_of(one), same=False, reason=WHY)


def test_a_head_never_decides_on_the_own_case(cast, manager, course):
    head = cast.actor("head_of_body", name="甲")
    person = Person.objects.get(pk=head.person_id)
    [row] = report(manager, born=None, course=course)
    with pytest.raises(NotPermitted) as denied:
        identifying.decide_doubt(by=head, doubt=doubt_of(person), same=False, reason=WHY)
    assert denied.value.reason.id == "interests.own_doubt"
    assert not queries.doubts_to_decide(head).exists()
    declared = actions.declare_relative(by=head, person=person, relation="wife", relative_name="乙", birth_date=BORN)
    cast.person("乙", 5)
    identifying.match_again(by=SYSTEM)
    with pytest.raises(NotPermitted):
        identifying.none_of_them(by=head, unmatched=declared, reason=WHY)


def test_what_has_been_decided_is_not_decided_twice(cast, manager, course):
    one, other = cast.person("甲", 1), cast.person("甲", 2)
    report(manager, course=course)
    head = head_of(cast, one, other)
    first, second = doubt_of(one), doubt_of(other)
    identifying.decide_doubt(by=head, doubt=first, same=True, reason=WHY)
    with pytest.raises(Stale):
        identifying.decide_doubt(by=head, doubt=second, same=True, reason=WHY)
    assert TrainingEngagement.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_two_superiors_at_the_same_moment_name_one_person(cast, manager, course):
    one, other = cast.person("甲", 1), cast.person("甲", 2)
    report(manager, course=course)
    officer, head = cast.actor("authority_officer"), head_of(cast, one, other)
    barrier, outcomes = Barrier(2), []

    def act(by, doubt):
        barrier.wait()
        try:
            identifying.decide_doubt(by=by, doubt=doubt, same=True, reason=WHY)
            outcomes.append("done")
        except (Stale, Refused) as lost:
            outcomes.append(type(lost).__name__)
        finally:
            connections.close_all()

    threads = [Thread(target=act, args=(by, doubt_of(who))) for by, who in ((officer, one), (head, other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Stale", "done"]
    assert TrainingEngagement.objects.count() == 1 and MatchDoubt.objects.filter(state="same_person").count() == 1


@pytest.mark.parametrize(("relation", "born"), [("boss", BORN), ("wife", None), ("wife", date(2027, 1, 1)), ("wife", date(1800, 1, 1))])
def test_a_relative_by_name_needs_a_relation_and_a_date_of_birth(cast, relation, born):
    with pytest.raises(Refused):
        by_name(cast, cast.person("甲", 1), relation, "乙", born)
    assert not Unmatched.objects.exists()


def test_nobody_declares_relatives_for_another(cast):
    person = cast.person("甲", 1)
    for by in (cast.candidate(cast.person("乙", 2)), cast.actor("head_of_body"), cast.stranger):
        with pytest.raises(NotPermitted):
            actions.declare_relative(by=by, person=person, relation="wife", relative_name="丙", birth_date=BORN)


def test_who_sees_a_name(cast, manager, course):
    staff = cast.person("甲", 1)
    report(manager, name="丙", course=course)
    by_name(cast, staff, "wife", "乙")
    cast.person("乙", 2)
    identifying.match_again(by=SYSTEM)
    head = head_of(cast, staff)
    kinds = {
        manager: {"training"},
        cast.candidate(staff): {"kin"},
        head: {"kin"},
        cast.actor("exam_clerk"): set(),
        cast.stranger: set(),
        cast.actor("head_of_body", cast.other_body): set(),
        cast.actor("oversight_inspector"): {"training", "kin"},
    }
    for actor, seen in kinds.items():
        assert set(queries.unmatched_visible_to(actor).values_list("kind", flat=True)) == seen, actor
