"""Pages of recusal: planners see rule, class and way out; named facts only those entitled, and every look is on record."""

import pytest
from django.urls import reverse

from exams.agenda import open_items
from exams.journal.models import Entry
from exams.recusal import actions
from exams.recusal.models import PolicyValue, RecusalRequest, Ruling, Waiver
from exams.recusal.standing import Stand
from tests.cast import sign_in_as
from tests.exams.recusal.matters import employ, kin, matter, standing_in


@pytest.fixture
def ruling(cast):
    """The father of a candidate, asked as invigilator."""
    father, son = cast.person("贺兰静", 1), cast.person("陈小明", 2)
    kin(father, "son", son)
    employ(father, cast.training_body)
    given = {"person": father, "capacity": "invigilator", "matter": matter(cast, son)}
    return actions.rule_on(**given, by=cast.actor("exam_clerk"), about=cast.body)


def page(ruling):
    return reverse("recusal:ruling", args=[ruling.pk])


def looks():
    return Entry.objects.filter(action="recusal.look").count()


@pytest.mark.parametrize("who", ["exam_clerk", "chief"])
def test_a_planner_sees_class_and_way_out_but_no_names_of_kin(client, cast, ruling, who):
    sign_in_as(client, cast.actor(who))
    text = client.get(page(ruling)).content.decode()
    assert "贺兰静" in text and "direct blood relation" in text and "recusal.kin_of_candidate" in text
    assert "陈小明" not in text and "father" not in text.lower().replace("grandfather", "")
    assert looks() == 0


@pytest.mark.parametrize("who", ["head_of_body", "authority_officer", "oversight_inspector", "person"])
def test_the_entitled_see_the_names_and_each_look_is_on_record(client, cast, ruling, who):
    sign_in_as(client, cast.candidate(ruling.person) if who == "person" else cast.actor(who))
    for n in (1, 2):
        text = client.get(page(ruling)).content.decode()
        assert "陈小明" in text and "father" in text
        assert looks() == n


def test_a_stranger_finds_no_ruling(client, cast, ruling):
    others = [cast.stranger, cast.actor("head_of_body", cast.other_body), cast.candidate(cast.person("路人", 9))]
    for actor in [*others, cast.actor("employer_clerk"), cast.actor("invigilator")]:
        sign_in_as(client, actor)
        assert client.get(page(ruling)).status_code == 404
        assert "贺兰静" not in client.get(reverse("recusal:list")).content.decode()
    assert looks() == 0


def test_a_ruling_about_an_inspector_is_hidden_from_the_body_inspected(client, cast):
    inspector = cast.actor("oversight_inspector")
    from exams.people.models import Person

    person = Person.objects.get(pk=inspector.person_id)
    asked = matter(cast, inspected=frozenset({str(cast.body.pk)}))
    found = actions.rule_on(person=person, capacity="oversight_inspector", matter=asked, by=inspector, about=cast.body)
    sign_in_as(client, cast.actor("head_of_body"))
    assert client.get(page(found)).status_code == 404
    sign_in_as(client, cast.actor("authority_officer"))
    assert client.get(page(found)).status_code == 200


def test_every_rule_asked_stands_on_the_page(client, cast, ruling):
    from exams.recusal.rules import asked

    sign_in_as(client, cast.actor("head_of_body"))
    text = client.get(page(ruling)).content.decode()
    assert all(entry.id in text for entry in asked("invigilator"))


def test_kinship_offers_no_waiver_and_the_post_does(client, cast, ruling):
    sign_in_as(client, cast.actor("head_of_body"))
    text = client.get(page(ruling)).content.decode()
    assert reverse("recusal:waive", args=[ruling.pk, "recusal.training_post"]) in text
    forbidden = reverse("recusal:waive", args=[ruling.pk, "recusal.kin_of_candidate"])
    assert forbidden not in text and client.get(forbidden).status_code == 409
    given = {"reason": "本批次无其他合格人员可以安排", "until": "2026-12-31"}
    assert client.post(forbidden, given).status_code == 409 and not Waiver.objects.exists()


def test_two_superiors_waive_over_the_pages(client, cast, ruling):
    sign_in_as(client, cast.actor("head_of_body"))
    address = reverse("recusal:waive", args=[ruling.pk, "recusal.training_post"])
    assert client.post(address, {"reason": "短", "until": "2026-12-31"}).status_code == 409
    assert client.post(address, {"reason": "本批次无其他合格人员可以安排", "until": "2026-12-31"}).status_code == 302
    waiver = Waiver.objects.get()
    confirm = reverse("recusal:confirm_waiver", args=[waiver.pk])
    assert confirm not in client.get(page(ruling)).content.decode()
    assert client.post(confirm).status_code == 409
    for stranger in (cast.stranger, cast.actor("head_of_body", cast.other_body)):
        sign_in_as(client, stranger)
        assert client.post(confirm).status_code in (403, 404)
    officer = cast.actor("authority_officer")
    assert [item.url for item in open_items(officer) if "recusal" in item.url] == [page(ruling)]
    sign_in_as(client, officer)
    assert confirm in client.get(page(ruling)).content.decode()
    assert client.post(confirm).status_code == 302
    waiver.refresh_from_db()
    assert waiver.state == "granted"


def test_a_request_over_the_pages(client, cast, ruling):
    sign_in_as(client, cast.candidate(cast.person("考生乙", 7)))
    address = reverse("recusal:new_request")
    given = {"body": str(cast.body.pk), "name": "贺兰静", "filed_as": "candidate", "reason": "与本人有经济纠纷"}
    assert client.post(address, given).status_code == 302
    request = RecusalRequest.objects.get()
    decide = reverse("recusal:request", args=[request.pk])
    assert client.get(decide).status_code == 200
    sign_in_as(client, cast.candidate(ruling.person))
    assert client.get(decide).status_code == 404
    sign_in_as(client, cast.stranger)
    assert client.get(decide).status_code == 404
    sign_in_as(client, cast.actor("head_of_body"))
    assert client.post(decide, {"granted": "yes", "decision": "同意回避，另行安排人员"}).status_code == 302
    request.refresh_from_db()
    assert request.state == "granted"


def test_lists_ask_the_same_however_long_they_are(client, cast, django_assert_num_queries):
    sign_in_as(client, cast.actor("exam_clerk"))
    client.get(reverse("recusal:list"))
    for n in (1, 3):
        while Ruling.objects.count() < n:
            person = cast.person(f"人{Ruling.objects.count()}", 300 + Ruling.objects.count())
            actions.rule_on(person=person, capacity="chief", matter=matter(cast), by=cast.actor("exam_clerk"), about=cast.body)
        with django_assert_num_queries(LIST_QUERIES):
            assert client.get(reverse("recusal:list")).status_code == 200


LIST_QUERIES = 9


def test_the_page_of_a_ruling_asks_the_same_for_one_and_three_objections(client, cast, django_assert_num_queries):
    sign_in_as(client, cast.actor("exam_clerk"))
    staff = cast.person("甲", 1)
    candidates = [cast.person(f"考生{n}", 10 + n) for n in range(3)]
    for candidate in candidates:
        kin(staff, "son", candidate)
    for n in (1, 3):
        given = {"person": staff, "capacity": "chief", "matter": matter(cast, *candidates[:n])}
        found = actions.rule_on(**given, by=cast.actor("exam_clerk"), about=cast.body)
        client.get(page(found))
        with django_assert_num_queries(PAGE_QUERIES):
            assert client.get(page(found)).status_code == 200


PAGE_QUERIES = 13


def test_an_open_notice_stands_on_the_agenda_without_names(cast, ruling):
    son = cast.person("陈小亮", 5)
    kin(ruling.person, "son", son)
    with standing_in(Stand(str(ruling.person_id), "marker", matter(cast, son), cast.body)):
        actions.reask(son.pk)
    for who in ("exam_clerk", "head_of_body", "chief"):
        [item] = [item for item in open_items(cast.actor(who)) if item.state == "refused" and "recusal" in item.url]
        assert "贺兰静" in item.title and "陈小亮" not in str(item.why)
    assert not [item for item in open_items(cast.stranger) if "贺兰静" in str(item.title)]


def test_the_rules_are_readable_and_a_parameter_is_set_by_the_authority(client, cast):
    from exams.recusal.rules import RULES

    sign_in_as(client, cast.actor("exam_clerk"))
    text = client.get(reverse("recusal:rules")).content.decode()
    assert all(entry.id in text for entry in RULES)
    assert client.get(reverse("recusal:set_policy")).status_code == 403
    sign_in_as(client, cast.actor("authority_officer"))
    given = {"code": "TRAINER_COOLOFF_YEARS", "value": "2", "source": "ISO 9712", "effective_from": "2026-03-02"}
    assert client.post(reverse("recusal:set_policy"), {**given, "value": "99"}).status_code == 409
    assert client.post(reverse("recusal:set_policy"), given).status_code == 302
    assert PolicyValue.objects.get().source == "ISO 9712"
    assert "ISO 9712" in client.get(reverse("recusal:rules")).content.decode()
