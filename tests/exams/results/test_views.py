"""Pages of scores and results: recording, comparing, grading, and the candidate's own result."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from exams.results import actions
from exams.results.models import Mark, ScoreChange
from tests.cast import sign_in_as
from tests.exam_day import ExamDay
from tests.exams.results.test_actions import agreed, filled, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(cast):
    return ExamDay(cast).whole()


def scores(day, *values):
    return {f"score_{place.pk.hex}": value for place, value in zip(day.places, values, strict=False)}


def test_scores_are_recorded_by_one_and_compared_blind_by_another(client, day):
    page = reverse("results:sitting", args=[day.sitting.pk])
    sign_in_as(client, day.actor("score_clerk"))
    assert client.post(page, scores(day, "71.5", "60")).status_code == 302
    sign_in_as(client, day.actor("score_checker"))
    said = client.get(page).content.decode()
    assert "71.5" not in said
    assert client.post(page, scores(day, "71.5", "61")).status_code == 302
    assert sorted(Mark.objects.values_list("state", flat=True)) == ["checked", "differing"]


def test_what_was_typed_is_kept_when_something_is_wrong(client, day):
    sign_in_as(client, day.actor("score_clerk"))
    answer = client.post(reverse("results:sitting", args=[day.sitting.pk]), scores(day, "abc", "60"))
    assert answer.status_code == 409
    assert 'value="abc"' in answer.content.decode()
    assert 'value="60"' in answer.content.decode()
    answer = client.post(reverse("results:sitting", args=[day.sitting.pk]), scores(day, "101", "60"))
    assert "101 lies outside 0 to 100." in answer.content.decode()
    assert not Mark.objects.exists()


def test_a_workbook_is_handed_out_and_taken_back(client, day):
    sign_in_as(client, day.actor("score_clerk"))
    assert client.get(reverse("results:workbook", args=[day.sitting.pk])).status_code == 200
    for values, status, n in (((101, 60), 409, 0), ((71, 60), 302, 2)):
        file = SimpleUploadedFile("scores.xlsx", filled(day, *values))
        assert client.post(reverse("results:take", args=[day.sitting.pk]), {"file": file}).status_code == status
        assert Mark.objects.count() == n


def test_grade_sign_publish_by_the_page_of_the_event(client, cast, day):
    agreed(day, 71, 60)
    page = reverse("results:event", args=[day.event.pk])
    for capacity, verb in (("score_approver", "grade"), ("chief", "sign"), ("score_checker", "sign"), ("score_approver", "publish")):
        sign_in_as(client, day.actor(capacity))
        assert client.get(page).status_code == 200
        assert client.post(reverse(f"results:{verb}", args=[day.event.pk])).status_code == 302
    sign_in_as(client, cast.candidate(day.candidates[0]))
    said = client.get(reverse("results:mine")).content.decode()
    assert (day.places[0].application.number in said, day.places[1].application.number in said) == (True, False)


def test_publishing_too_early_says_what_is_missing(client, day):
    agreed(day, 71, 60)
    sign_in_as(client, day.actor("score_approver"))
    client.post(reverse("results:grade", args=[day.event.pk]))
    answer = client.post(reverse("results:publish", args=[day.event.pk]))
    assert answer.status_code == 409
    assert "Not signed: Chief." in answer.content.decode()


def test_a_change_is_asked_approved_and_shown_with_both_values(client, day):
    mark = published(day, 69, 60)[0]
    sign_in_as(client, day.actor("score_clerk"))
    client.post(reverse("results:mark", args=[mark.pk]), {"score": "71", "reason": "question 7"})
    change = ScoreChange.objects.get()
    for capacity in ("score_approver", "head_of_body"):
        sign_in_as(client, day.actor(capacity))
        assert client.post(reverse("results:change", args=[change.pk])).status_code == 302
    said = client.get(reverse("results:mark", args=[mark.pk])).content.decode()
    assert "69.00" in said
    assert "71.00" in said


def test_the_stranger_finds_nothing(client, cast, day):
    mark = published(day, 69, 60)[0]
    change = actions.ask_change(by=day.actor("score_clerk"), mark=mark, score=71, reason="r")
    pages = [("event", day.event.pk), ("sitting", day.sitting.pk), ("workbook", day.sitting.pk), ("mark", mark.pk), ("change", change.pk)]
    for actor in (cast.stranger, cast.actor("score_clerk", cast.other_body), cast.actor("score_approver", cast.other_body)):
        sign_in_as(client, actor)
        assert [client.get(reverse(f"results:{name}", args=[pk])).status_code for name, pk in pages] == [404] * 5
        assert client.post(reverse("results:publish", args=[day.event.pk])).status_code == 404
        assert client.get(reverse("results:mine")).status_code == 403


@pytest.mark.parametrize("who", ["candidate", "system_administrator", "setter", "employer_clerk"])
def test_scores_are_closed_to_others(client, cast, day, who):
    sign_in_as(client, cast.candidate(day.candidates[0]) if who == "candidate" else cast.actor(who))
    pages = [reverse("results:index"), reverse("results:event", args=[day.event.pk]), reverse("results:sitting", args=[day.sitting.pk])]
    assert [client.get(page).status_code for page in pages] == [403] * 3


def test_a_candidate_without_a_published_result_is_told_when_it_comes(client, cast, day):
    sign_in_as(client, cast.candidate(day.candidates[0]))
    assert "No result has been published yet" in client.get(reverse("results:mine")).content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_a_room_costs_the_same_with_one_and_with_three(client, cast, n, django_assert_num_queries):
    day = ExamDay(cast, sat=n).whole()
    agreed(day, *[71] * n)
    sign_in_as(client, day.actor("score_approver"))
    page = reverse("results:sitting", args=[day.sitting.pk])
    client.get(page)
    with django_assert_num_queries(11):
        client.get(page)
