"""Reports by workbook: a preview that writes nothing, every fault at once in the user's workbook, all or nothing, the same twice."""

import io
import json
from datetime import date
from threading import Barrier, Thread

import openpyxl
import pytest
from django.db import connection, connections

from exams.documents.keeping import content_of
from exams.documents.models import Document
from exams.errors import NotPermitted, Refused, Stale
from exams.interests import importing, matching
from exams.interests.models import Attendance, Authorship, Course, MatchDoubt, ReportBatch, TrainingEngagement, Unmatched
from exams.journal.models import Entry
from exams.people.models import Employment, KinEdge, Person
from tests.cast import id_number
from tests.exams.interests.books import COURSE, book, changed, course_book, preview, put_on_record, who
from tests.exams.recusal.matters import employ

BORN = date(1985, 3, 14)
TABLES = (Course, TrainingEngagement, Attendance, Authorship, Employment, KinEdge, Unmatched, MatchDoubt, Person)


def standing():
    """How much stands on record."""
    return [model.objects.count() for model in TABLES]


def figures(batch):
    return {name: getattr(batch, name) for name in ("new", "changed", "same", "unmatched", "wrong")}


def faults(batch):
    return [(one["sheet"], one["row"], one["message"]) for one in json.loads(batch.report)["faults"]]


@pytest.fixture
def manager(cast):
    return cast.actor("training_manager")


# ------------------------------------------------------------------------------------------------------------------- courses


def test_a_workbook_of_courses_is_previewed_then_put_on_record(cast, manager):
    teacher = cast.person("师", 1)
    data = course_book([who("师", 1)], [who("甲", 11), who("乙", 12)])
    before = standing()
    batch = preview(manager, "courses", data)
    assert standing() == before and batch.state == "previewed"
    assert figures(batch) == {"new": 4, "changed": 0, "same": 0, "unmatched": 0, "wrong": 0}
    importing.import_reports(by=manager, batch=batch)
    course = Course.objects.get()
    assert (course.organisation, course.number, course.family, course.reported_by) == (cast.training_body, "PX-1", "UT", cast.training_body)
    assert TrainingEngagement.objects.get().person == teacher and TrainingEngagement.objects.get().until == COURSE["until"]
    assert {row.trainee.name for row in course.attendances.all()} == {"甲", "乙"}
    assert Person.objects.get(name="乙").id_number == id_number(12)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_is_understood_in_either_language(cast, manager, language):
    put_on_record(manager, "courses", course_book([{**who("师", 1), "role": "coach"}], language=language))
    assert TrainingEngagement.objects.get().role == "coach"


def test_handed_in_again_nothing_is_new(cast, manager):
    cast.person("丙", 9)
    data = course_book([who("师", 1), who("丙", None, BORN)], [who("甲", 11), who("丁")])
    put_on_record(manager, "courses", data)
    before = standing()
    batch = preview(manager, "courses", data)
    assert figures(batch) == {"new": 0, "changed": 0, "same": 5, "unmatched": 0, "wrong": 0}
    with pytest.raises(Refused) as refused:
        importing.import_reports(by=manager, batch=batch)
    assert [one.id for one in refused.value.objections] == ["interests.nothing_new"] and standing() == before


def test_one_more_trainee_is_one_more_and_no_other(cast, manager):
    put_on_record(manager, "courses", course_book([who("师", 1)], [who("甲", 11)]))
    batch = put_on_record(manager, "courses", course_book([who("师", 1)], [who("甲", 11), who("乙", 12)]))
    assert figures(batch) == {"new": 1, "changed": 0, "same": 3, "unmatched": 0, "wrong": 0}
    assert Attendance.objects.count() == 2


def test_who_is_named_without_a_number_is_matched_to_nobody(cast, manager):
    person = cast.person("甲", 1)
    batch = preview(manager, "courses", course_book([who("甲", None, BORN)], [who("甲", None, date(1990, 1, 1))]))
    names = json.loads(batch.report)["names"]
    assert [(one["row"], one["possible"]) for one in names] == [(2, 1), (2, 0)] and batch.unmatched == 2
    importing.import_reports(by=manager, batch=batch)
    assert not TrainingEngagement.objects.exists() and not Attendance.objects.exists()
    assert MatchDoubt.objects.get().person == person and Unmatched.objects.count() == 2


def test_with_the_number_in_a_later_workbook_what_waited_is_answered(cast, manager):
    one, other = cast.person("甲", 1), cast.person("甲", 2)
    put_on_record(manager, "courses", course_book([who("甲", None, BORN)]))
    put_on_record(manager, "courses", course_book([who("甲", 2)]))
    assert TrainingEngagement.objects.get().person == other and Unmatched.objects.get().matched_to == other
    states = dict(MatchDoubt.objects.values_list("person_id", "state"))
    assert states == {one.pk: "other_person", other.pk: "same_person"}


def test_two_of_one_name_one_with_a_number_one_without_stay_two(cast, manager):
    cast.person("甲", 1)
    put_on_record(manager, "courses", course_book([who("甲", None, BORN)]))
    put_on_record(manager, "courses", course_book([who("甲", None, BORN), who("甲", 1)]))
    assert Unmatched.objects.get().state == "open" and TrainingEngagement.objects.count() == 1


def test_a_course_that_went_on_is_given_its_last_day_with_its_teachers(cast, manager):
    going_on = {**COURSE, "until": None}
    put_on_record(manager, "courses", course_book([who("师", 1)], courses=[going_on]))
    assert TrainingEngagement.objects.get().until is None
    batch = put_on_record(manager, "courses", course_book([who("师", 1)]))
    assert figures(batch)["changed"] == 1
    assert Course.objects.get().until == TrainingEngagement.objects.get().until == COURSE["until"]
    entry = Entry.objects.get(action="interests.end_training")
    assert json.loads(bytes(entry.body))["facts"]["until"] == COURSE["until"].isoformat()


WRONG = [
    ({"courses": [{**COURSE, "until": date(2025, 6, 1)}]}, "The last day lies before the first."),
    ({"courses": [COURSE, COURSE]}, "The same stands in row %(row)s already. Delete one of them."),
    ({"courses": [{**COURSE, "organiser": "91110000MA00000099"}]}, "No organisation with this credit code is entered. Enter it first."),
    ({"teachers": [{**who("师", 1), "course": "PX-9"}]}, "The first sheet has no course of this number."),
    ({"teachers": [who("师", 1), who("师", 1)]}, "The same stands in row %(row)s already. Delete one of them."),
    ({"teachers": [who("师", 1), who("傅", 1)]}, "Row %(row)s of the sheet “%(sheet)s” gives this identity number another name."),
    ({"teachers": [who("别名", 7)]}, "This document is registered under another name."),
    ({"teachers": [who("师", 1, date(1999, 1, 1))]}, "The number of the document says another date of birth."),
    (
        {"teachers": [{**who("师"), "id_number": "110101198503140021"}]},
        "Enter an 18-character identity number; the last character does not fit.",
    ),
    ({"teachers": [who("师", None, date(2030, 1, 1))]}, "Nobody was born on that day."),
    ({"teachers": [who("123", 1)]}, "The name contains characters that no name has: %(characters)s."),
    ({"teachers": [who("师", 1)], "trainees": [who("师", 1)]}, "This person stands among the teachers of the course."),
    ({"teachers": [{**who("师", 1), "since": date(2025, 6, 9), "until": date(2025, 6, 8)}]}, "The last day lies before the first."),
]


@pytest.mark.parametrize(("rows", "message"), WRONG)
def test_what_is_wrong_with_a_row_of_courses(cast, manager, rows, message):
    cast.person("甲", 7)
    before = standing()
    batch = preview(manager, "courses", course_book(**{"teachers": [who("好", 3)], **rows}))
    assert [one[2] for one in faults(batch)] == [message]
    with pytest.raises(Refused) as refused:
        importing.import_reports(by=manager, batch=batch)
    assert [one.id for one in refused.value.objections] == ["interests.not_all_right"] and standing() == before


def test_every_fault_at_once_in_the_users_own_workbook(cast, manager):
    cast.person("甲", 7)
    data = course_book([who("别名", 7), {**who("师"), "id_number": "123"}], [who("学员", None, date(2030, 1, 1)), who("好", 5)])
    data = changed(data, "培训班", "H1", "本单位备注")
    batch = preview(manager, "courses", data)
    assert {(sheet, row) for sheet, row, _message in faults(batch)} == {("培训班", 1), ("师资", 2), ("师资", 3), ("学员", 2)}
    marked = openpyxl.load_workbook(io.BytesIO(content_of(Document.objects.get(pk=batch.annotated_id))))
    heads = [cell.value for cell in marked["师资"][1]]
    reasons = [marked["师资"].cell(row, heads.index("错误原因") + 1).value for row in (2, 3)]
    assert all(reasons) and marked["学员"]["B3"].value == "好"
    again = preview(manager, "courses", content_of(Document.objects.get(pk=batch.annotated_id)))
    assert sorted(faults(again)) == sorted(faults(batch))


def test_a_wrong_course_is_said_once_not_for_each_of_its_people(cast, manager):
    batch = preview(manager, "courses", course_book([who("师", 1)], [who("甲", 2)], courses=[{**COURSE, "until": date(2025, 1, 1)}]))
    assert len(faults(batch)) == 1


def test_a_course_on_record_is_not_told_otherwise(cast, manager):
    put_on_record(manager, "courses", course_book())
    for change in ({"title": "别的班"}, {"family": "RT"}, {"since": date(2025, 6, 10)}, {"until": date(2025, 6, 21)}):
        assert len(faults(preview(manager, "courses", course_book(courses=[{**COURSE, **change}])))) == 1


@pytest.mark.parametrize("rubbish", [b"", b"PK\x03\x04 no zip", b"\xd0\xcf\x11\xe0 old", "姓名,证件".encode()])
def test_rubbish_is_refused_or_shown_and_writes_nothing(cast, manager, rubbish):
    before = standing()
    try:
        batch = preview(manager, "courses", rubbish)
    except Refused:
        assert standing() == before
        return
    assert faults(batch) and standing() == before


def test_a_workbook_of_something_else_is_told_from_this(cast, manager):
    [(_sheet, _row, message)] = faults(preview(manager, "works", course_book()))
    assert message == "This workbook was made for something else. Download the right template."


def test_a_formula_and_a_number_stored_as_a_figure_are_faults(cast, manager):
    data = changed(course_book([who("师", 1)]), "师资", "D2", 110101198503140018)
    assert "stored as a figure" in faults(preview(manager, "courses", data))[0][2]
    data = changed(course_book([who("师", 1)]), "师资", "B2", '=HYPERLINK("http://x","师")')
    assert "formula" in faults(preview(manager, "courses", data))[0][2]


def test_a_training_body_speaks_for_itself_an_exam_body_for_any(cast, manager):
    other = {**COURSE, "organiser": cast.other_employer.credit_code}
    assert faults(preview(manager, "courses", course_book(courses=[other])))[0][2] == "A training body reports its own courses only."
    put_on_record(cast.actor("exam_clerk"), "courses", course_book(courses=[other]))
    course = Course.objects.get()
    assert (course.organisation, course.reported_by) == (cast.other_employer, cast.body)
    own = {**COURSE, "organiser": cast.authority.credit_code}
    batch = preview(cast.actor("authority_officer"), "courses", course_book(courses=[own]))
    assert faults(batch)[0][2] == "An issuing authority does not train."


# ------------------------------------------------------------------------------------------------------------- works and posts


def test_a_workbook_of_works(cast):
    clerk = cast.actor("exam_clerk")
    author = cast.person("甲", 1)
    rows = [
        {"title": "超声讲义", "family": "UT", "published_on": date(2025, 5, 1), **who("甲", 1)},
        {"title": "超声讲义", "family": "UT", "published_on": date(2025, 5, 1), **who("乙")},
    ]
    batch = put_on_record(clerk, "works", book("works", {"works": rows}))
    assert figures(batch) == {"new": 1, "changed": 0, "same": 0, "unmatched": 1, "wrong": 0}
    assert Authorship.objects.get().person == author and Unmatched.objects.get().kind == "authorship"
    late = book("works", {"works": [{**rows[0], "title": "新书", "published_on": date(2027, 1, 1)}]})
    assert faults(preview(clerk, "works", late))[0][2] == "This day is later than today."
    assert figures(preview(clerk, "works", book("works", {"works": rows})))["same"] == 2


def test_another_book_by_somebody_of_the_name_is_not_taken_for_the_first(cast):
    clerk = cast.actor("exam_clerk")
    cast.person("乙", 2)
    first = {"title": "超声讲义", "family": "UT", "published_on": date(2025, 5, 1), **who("乙")}
    put_on_record(clerk, "works", book("works", {"works": [first]}))
    put_on_record(clerk, "works", book("works", {"works": [{**first, "title": "射线讲义", **who("乙", 2)}]}))
    assert Unmatched.objects.get().state == "open" and Authorship.objects.get().title == "射线讲义"
    put_on_record(clerk, "works", book("works", {"works": [{**first, **who("乙", 2)}]}))
    assert Unmatched.objects.get().state == "matched" and Authorship.objects.count() == 2


def test_a_workbook_of_posts_with_their_periods(cast):
    clerk = cast.actor("employer_clerk")
    person, former = cast.person("甲", 1), cast.person("乙", 2)
    employ(former, cast.employer, since=date(2020, 1, 1))
    rows = [
        {**who("甲", 1), "post": "检验员", "since": date(2024, 1, 1), "until": None},
        {**who("乙", 2), "since": date(2020, 1, 1), "until": date(2025, 12, 31)},
        {**who("新来的", 3), "since": date(2026, 1, 1), "until": None},
    ]
    batch = put_on_record(clerk, "posts", book("posts", {"posts": rows}))
    assert figures(batch) == {"new": 2, "changed": 1, "same": 0, "unmatched": 0, "wrong": 0}
    assert Employment.objects.get(person=person).post == "检验员"
    assert Employment.objects.get(person=former).until == date(2025, 12, 31)
    assert figures(preview(clerk, "posts", book("posts", {"posts": rows})))["same"] == 3
    twice = [{**who("甲", 1), "since": date(2026, 2, 1), "until": None}]
    assert faults(preview(clerk, "posts", book("posts", {"posts": twice})))[0][2].startswith("A post of this person here")
    other = [{**who("乙", 2), "since": date(2020, 1, 1), "until": date(2025, 11, 30)}]
    assert faults(preview(clerk, "posts", book("posts", {"posts": other})))[0][2] == "This post is on record with another last day."


# ------------------------------------------------------------------------------------------------------------------ relatives


def kin_rows(cast, **change):
    staff = cast.person("甲", 1)
    employ(staff, cast.body)
    base = {"person_name": "甲", "person_number": id_number(1), "relation": "wife", "paper": "2026年第3号", **who("乙", 2)}
    return staff, [{**base, **change}]


def test_relatives_from_a_signed_form_say_who_entered_them(cast):
    staff, rows = kin_rows(cast)
    clerk = cast.actor("exam_clerk")
    put_on_record(clerk, "kin", book("kin", {"kin": rows}))
    edge = KinEdge.objects.get()
    assert (edge.person, edge.relation, edge.reported_by, edge.paper) == (staff, "wife", cast.body, "2026年第3号")
    assert figures(preview(clerk, "kin", book("kin", {"kin": rows})))["same"] == 1


def test_a_relative_by_name_waits_with_the_form_it_was_taken_from(cast):
    staff, rows = kin_rows(cast, **who("乙", None, BORN))
    wife = cast.person("乙", 5)
    put_on_record(cast.actor("exam_clerk"), "kin", book("kin", {"kin": rows}))
    assert not KinEdge.objects.exists() and MatchDoubt.objects.get().person == wife
    row = Unmatched.objects.get()
    assert (row.person, row.reported_by) == (staff, cast.body) and matching.queries.told(row)["paper"] == "2026年第3号"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"person_number": id_number(77)}, "Nobody of your body has this number and name."),
        ({"person_name": "丙"}, "Nobody of your body has this number and name."),
        ({"id_number": None}, "Give the number, or else the date of birth."),
        ({"id_number": id_number(1)}, "This is the person’s own document."),
        ({"paper": None}, "“%(column)s” is empty."),
    ],
)
def test_what_is_wrong_with_a_row_of_relatives(cast, change, message):
    _staff, rows = kin_rows(cast, **change)
    batch = preview(cast.actor("exam_clerk"), "kin", book("kin", {"kin": rows}))
    assert [one[2] for one in faults(batch)] == [message]


def test_a_clerk_enters_relatives_for_people_of_the_own_body_only(cast):
    _staff, rows = kin_rows(cast)
    batch = preview(cast.stranger, "kin", book("kin", {"kin": rows}))
    assert faults(batch)[0][2] == "Nobody of your body has this number and name."


# -------------------------------------------------------------------------------------------------------- who, and at what moment


ALLOWED = {
    "training_manager": {"courses", "works", "posts"},
    "exam_clerk": {"courses", "works", "posts", "kin"},
    "head_of_body": {"courses", "works", "posts", "kin"},
    "authority_officer": {"courses", "works"},
    "employer_clerk": {"posts"},
    "oversight_inspector": set(),
    "setter": set(),
}


@pytest.mark.parametrize("capacity", sorted(ALLOWED))
def test_who_hands_in_what(cast, capacity):
    by = cast.actor(capacity)
    for kind in ReportBatch.Kind.values:
        if kind in ALLOWED[capacity]:
            assert preview(by, kind, book(kind, {})).state == "previewed"
        else:
            with pytest.raises(NotPermitted):
                preview(by, kind, book(kind, {}))


def test_a_stranger_touches_nobody_elses_workbook(cast, manager):
    batch = preview(manager, "courses", course_book([who("师", 1)]))
    for by in (cast.stranger, cast.actor("training_manager", cast.other_employer), cast.candidate(cast.person("路人", 8))):
        for act in (importing.import_reports, importing.discard_batch, importing.preview_batch):
            with pytest.raises(NotPermitted):
                act(by=by, batch=batch)
    importing.discard_batch(by=manager, batch=batch)
    with pytest.raises(Stale):
        importing.import_reports(by=manager, batch=batch)


def test_what_became_wrong_since_the_preview_is_refused(cast, manager):
    batch = preview(manager, "courses", course_book([who("师", 1)]))
    cast.person("别人", 1)
    with pytest.raises(Refused) as refused:
        importing.import_reports(by=manager, batch=batch)
    assert [one.id for one in refused.value.objections] == ["interests.not_all_right"] and not Course.objects.exists()


def test_what_fails_half_way_leaves_nothing(cast, manager, monkeypatch):
    batch = preview(manager, "courses", course_book([who("师", 1)], [who("甲", 2)]))
    before = standing()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("exams.interests.recording.trainees", broken)
    with pytest.raises(ZeroDivisionError):
        importing.import_reports(by=manager, batch=batch)
    assert standing() == before and ReportBatch.objects.get().state == "previewed"


def test_an_import_costs_as_many_queries_for_three_trainees_as_for_one(cast, manager, django_assert_num_queries):
    cast.person("师", 1)
    for n, count in ((1, 1), (2, 3)):
        rows = [who("学员" + "甲乙丙"[k], 100 * n + k) for k in range(count)]
        data = course_book([who("师", 1)], rows, courses=[{**COURSE, "number": "PX-1", "organiser": place(cast, n)}])
        batch = preview(cast.actor("exam_clerk"), "courses", data)
        with django_assert_num_queries(IMPORT):
            importing.import_reports(by=cast.actor("exam_clerk"), batch=batch)
    assert Attendance.objects.count() == 4


# Batch, plan, persons, course, teacher, attendance, the entries of each, and the figures.
IMPORT = 45


def place(cast, n):
    return (cast.training_body, cast.other_employer)[n - 1].credit_code


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_the_same_workbook_imported_at_the_same_moment_is_new_only_once(cast, manager):
    data = course_book([who("师", 1), who("丙", None, BORN)], [who("甲", 2)])
    batches = [preview(manager, "courses", data) for _n in range(2)]
    barrier, outcomes = Barrier(2), []

    def act(batch):
        barrier.wait()
        try:
            importing.import_reports(by=manager, batch=batch)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.objections[0].id)
        finally:
            connections.close_all()

    threads = [Thread(target=act, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "interests.nothing_new"]
    assert [model.objects.count() for model in (Course, TrainingEngagement, Attendance, Unmatched)] == [1, 1, 1, 1]
