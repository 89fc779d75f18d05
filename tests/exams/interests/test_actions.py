"""Training, authorship, declarations, disputes and concealment: what may be put on record, by whom, and who is told."""

from datetime import date, timedelta

import pytest

from exams import clock
from exams.errors import NotPermitted, Refused
from exams.interests import actions, queries
from exams.interests.models import Attendance, Declaration, TrainingEngagement
from exams.journal.models import Entry
from exams.people import news
from tests.exams.recusal.matters import EVENT, employ, event_known

JUNE = {"since": date(2025, 6, 9), "until": date(2025, 6, 20)}


@pytest.fixture
def told(monkeypatch):
    """Who was announced as having news."""
    heard = []
    monkeypatch.setattr(news, "announce", heard.append)
    return heard


def ids(refused):
    return [objection.id for objection in refused.value.objections]


def train(cast, **change):
    given = {"person": None, "organisation": cast.training_body, "family": "UT", "role": "lecturer", **JUNE, **change}
    given["person"] = given["person"] or cast.person("贺兰静", 1)
    return actions.record_training(by=change.pop("by", cast.actor("training_manager")), **{k: v for k, v in given.items() if k != "by"})


# ------------------------------------------------------------------------------------------------------------------ training


def test_training_is_recorded_and_announced(cast, told):
    engagement = train(cast)
    assert (engagement.family, engagement.reported_by) == ("UT", cast.training_body)
    assert told == [engagement.person_id]
    assert "贺兰静" not in bytes(Entry.objects.get(action="interests.record_training").body).decode()


@pytest.mark.parametrize(
    ("change", "id"),
    [
        ({"until": date(2025, 6, 8)}, "interests.period"),
        ({"role": "spectator"}, "interests.role"),
        ({"family": " "}, "interests.family"),
    ],
)
def test_training_that_cannot_be_so_is_refused(cast, change, id):
    with pytest.raises(Refused) as refused:
        train(cast, **change)
    assert ids(refused) == [id] and not TrainingEngagement.objects.exists()


def test_the_same_training_twice_is_refused(cast):
    person = cast.person("甲", 1)
    train(cast, person=person)
    with pytest.raises(Refused) as refused:
        train(cast, person=person)
    assert ids(refused) == ["interests.known_training"]


def test_a_training_manager_speaks_only_for_the_own_training_body(cast):
    with pytest.raises(NotPermitted):
        train(cast, organisation=cast.employer)
    assert train(cast, organisation=cast.employer, by=cast.actor("exam_clerk"), person=cast.person("乙", 2))


def test_nobody_reports_trainings_as_a_mere_invigilator(cast):
    with pytest.raises(NotPermitted):
        train(cast, by=cast.actor("invigilator"))


def test_a_person_declares_own_training_and_nobody_elses(cast):
    person = cast.person("甲", 1)
    given = {"organisation": cast.training_body, "family": "UT", **JUNE}
    assert actions.declare_training(by=cast.candidate(person), person=person, **given)
    with pytest.raises(NotPermitted):
        actions.declare_training(by=cast.candidate(person), person=cast.person("乙", 2), **given)


def test_a_training_is_ended_once(cast, told):
    engagement = train(cast, until=None)
    by = cast.actor("training_manager")
    actions.end_training(by=by, engagement=engagement, until=date(2025, 7, 1))
    assert TrainingEngagement.objects.get().until == date(2025, 7, 1) and len(told) == 2
    with pytest.raises(Refused) as refused:
        actions.end_training(by=by, engagement=engagement, until=date(2025, 8, 1))
    assert ids(refused) == ["interests.training_ended"]


def test_trainees_are_recorded_once_and_never_the_trainer(cast, told):
    engagement, trainee = train(cast), cast.person("乙", 2)
    by = cast.actor("training_manager")
    for _ in range(2):
        actions.record_attendance(by=by, engagement=engagement, trainees=[trainee, engagement.person])
    assert list(Attendance.objects.values_list("trainee_id", flat=True)) == [trainee.pk]
    with pytest.raises(Refused) as refused:
        actions.record_attendance(by=by, engagement=engagement, trainees=[engagement.person])
    assert ids(refused) == ["interests.no_trainee"]


def test_the_manager_of_another_training_body_does_not_touch_the_list(cast):
    engagement = train(cast)
    other = cast.actor("training_manager", cast.other_employer)
    with pytest.raises(NotPermitted):
        actions.record_attendance(by=other, engagement=engagement, trainees=[cast.person("乙", 2)])
    assert not queries.visible_to(other).exists()
    assert queries.visible_to(cast.actor("training_manager")).get() == engagement
    assert queries.visible_to(cast.candidate(engagement.person)).get() == engagement
    assert queries.visible_to(cast.actor("authority_officer")).get() == engagement
    assert not queries.visible_to(cast.stranger).exists()


# ----------------------------------------------------------------------------------------------------- the wall's quick question


@pytest.mark.parametrize(
    ("on", "hit"),
    [(date(2028, 6, 19), True), (date(2028, 6, 20), True), (date(2028, 6, 21), False), (date(2025, 6, 8), False)],
)
def test_who_trained_within_the_years_is_one_query(cast, django_assert_num_queries, on, hit):
    engagement = train(cast)
    with django_assert_num_queries(1):
        found = queries.trains_now_or_within(engagement.person_id, "UT", 3, on)
    assert (found == engagement) is hit
    assert queries.trains_now_or_within(engagement.person_id, "RT", 3, on) is None
    assert (queries.trains_now_or_within(engagement.person_id, None, 3, on) is not None) is hit


def test_who_still_trains_is_always_within(cast):
    engagement = train(cast, until=None)
    assert queries.trains_now_or_within(engagement.person_id, "UT", 3, date(2040, 1, 1)) == engagement


def test_a_leap_day_has_its_earliest_day_too(cast):
    engagement = train(cast, since=date(2024, 2, 1), until=date(2025, 2, 28))
    assert queries.trains_now_or_within(engagement.person_id, "UT", 3, date(2028, 2, 29)) == engagement


def test_a_post_in_a_training_body(cast, django_assert_num_queries):
    person = cast.person("甲", 1)
    employ(person, cast.training_body, until=date(2026, 5, 1))
    with django_assert_num_queries(1):
        assert queries.training_post(person.pk, date(2026, 5, 1)).organisation == cast.training_body
    assert queries.training_post(person.pk, date(2026, 5, 2)) is None


# -------------------------------------------------------------------------------------------------------------- declarations


def sign(cast, person, by=None, **answers):
    with event_known(cast):
        return actions.sign_declaration(
            by=by or cast.candidate(person), person=person, event_id=EVENT, answers=answers or {"none": True}
        )


def test_a_declaration_is_signed_with_a_digest_of_what_it_says(cast, told):
    person = cast.person("甲", 1)
    declaration = sign(cast, person, other=True, other_text="老邻居参加考试")
    declaration.refresh_from_db()
    assert (declaration.state, declaration.version, declaration.body) == ("signed", 1, cast.body)
    assert queries.is_whole(declaration) and queries.grounds(declaration) == ["老邻居参加考试"]
    assert told == [person.pk]


def test_a_changed_answer_no_longer_fits_the_signature(cast):
    declaration = sign(cast, cast.person("甲", 1), own=True)
    declaration.answers = declaration.answers.replace("true", "false")
    assert not queries.is_whole(declaration)


def test_a_supplement_is_a_new_version_and_the_old_one_stays(cast):
    person = cast.person("甲", 1)
    sign(cast, person)
    sign(cast, person, training=True)
    rows = list(Declaration.objects.order_by("version"))
    assert [(row.version, row.state) for row in rows] == [(1, "updated"), (2, "signed")]
    assert all(queries.is_whole(row) for row in rows)
    assert list(queries.signed_declarations([person.pk], [EVENT])) == [rows[1]]


def test_being_asked_comes_first_and_asks_only_once(cast):
    person, clerk = cast.person("甲", 1), cast.actor("exam_clerk")
    with event_known(cast):
        for _ in range(2):
            actions.ask_declaration(by=clerk, person=person, event_id=EVENT, due_on=date(2026, 5, 1))
    assert Declaration.objects.get().state == "due"
    assert sign(cast, person).version == 1
    assert Declaration.objects.get().state == "signed"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"none": False}, ["interests.nothing"]),
        ({"none": True, "own": True}, ["interests.both"]),
        ({"kin": True}, ["interests.words_kin"]),
        ({"other": True, "other_text": "  "}, ["interests.words_other"]),
    ],
)
def test_a_declaration_that_says_nothing_or_too_much_is_refused(cast, answers, expected):
    with pytest.raises(Refused) as refused:
        sign(cast, cast.person("甲", 1), **answers)
    assert ids(refused) == expected and not Declaration.objects.exists()


def test_nobody_signs_for_another(cast):
    person = cast.person("甲", 1)
    for by in (cast.candidate(cast.person("乙", 2)), cast.actor("head_of_body"), cast.stranger):
        with pytest.raises(NotPermitted):
            sign(cast, person, by=by)
    assert not Declaration.objects.exists()


def test_there_is_no_declaring_for_an_event_that_is_not(cast):
    person = cast.person("甲", 1)
    with pytest.raises(Refused) as refused:
        actions.sign_declaration(by=cast.candidate(person), person=person, event_id=EVENT, answers={"none": True})
    assert ids(refused) == ["interests.no_event"]


def test_who_sees_a_declaration_and_who_its_words(cast):
    declaration = sign(cast, cast.person("甲", 1), other=True, other_text="私事")
    clerk, head = cast.actor("exam_clerk"), cast.actor("head_of_body")
    for actor, seen, words in (
        (cast.candidate(declaration.person), True, True),
        (head, True, True),
        (clerk, True, False),
        (cast.actor("oversight_inspector"), True, True),
        (cast.stranger, False, False),
        (cast.candidate(cast.person("乙", 2)), False, False),
    ):
        assert queries.declarations_visible_to(actor).exists() is seen
        assert (seen and queries.words_shown(actor, declaration)) is words


# ------------------------------------------------------------------------------------------------------ disputes, concealment


def test_a_dispute_is_declared_by_the_person_and_kept_encrypted(cast, told):
    one, other = cast.person("甲", 1), cast.person("乙", 2)
    dispute = actions.record_dispute(
        by=cast.candidate(one), person=one, other_person=other, text="租房纠纷", since=date(2026, 1, 1)
    )
    assert dispute.text == "租房纠纷" and told == [one.pk]
    assert not queries.disputes_visible_to(cast.actor("head_of_body")).exists()
    with pytest.raises(Refused):
        actions.record_dispute(by=cast.candidate(one), person=one, text="x", since=date(2026, 1, 1))
    with pytest.raises(NotPermitted):
        actions.record_dispute(by=cast.candidate(other), person=one, other_person=other, text="x", since=date(2026, 1, 1))


def test_a_concealment_is_recorded_by_superiors_never_for_the_future_or_the_own_case(cast):
    head = cast.actor("head_of_body")
    given = {"person": cast.person("甲", 1), "proved_on": clock.today(), "rule_id": "recusal.kin_of_candidate", "text": "隐瞒父子关系"}
    assert actions.record_concealment(by=head, **given)
    for change, id in (
        ({"proved_on": clock.today() + timedelta(days=1)}, "interests.concealment_day"),
        ({"text": " "}, "interests.concealment_text"),
    ):
        with pytest.raises(Refused) as refused:
            actions.record_concealment(by=head, **{**given, **change})
        assert ids(refused) == [id]
    with pytest.raises(NotPermitted):
        actions.record_concealment(by=cast.actor("exam_clerk"), **given)
