"""Requests for recusal by whoever has an interest: a name is enough, nobody learns who serves, and the clerk files for others (R-19)."""

import pytest
from django.urls import reverse

from exams import clock
from exams.agenda import open_items
from exams.errors import NotPermitted, Refused
from exams.messages.models import Message
from exams.people.models import Person
from exams.recusal import actions, queries
from exams.recusal.models import RecusalRequest
from tests.cast import sign_in_as
from tests.exams.recusal.matters import employ, matter

WHY = "与本人有经济纠纷，且将担任本人考评员"


def serves(cast, name, n):
    """Somebody of that name who was ruled upon for the body."""
    person = cast.person(name, n)
    employ(person, cast.body)
    actions.rule_on(person=person, capacity="chief", matter=matter(cast), by=cast.actor("exam_clerk"), about=cast.body)
    return person


@pytest.fixture
def filer(cast):
    return cast.candidate(cast.person("考生乙", 7))


def file(by, body, named="甲", **more):
    return actions.request_recusal(by=by, body=body, named=named, reason=WHY, **more)


def barred(cast, person):
    ruling = actions.decide(person=person, capacity="exam_clerk", matter=matter(cast), by=cast.actor("exam_clerk"))
    return "recusal.requested" in [one["id"] for one in ruling.objections]


# -------------------------------------------------------------------------------------------------------------------- by name


def test_a_request_that_gives_a_name_bars_nobody_until_it_is_said_who_is_meant(cast, filer):
    one, other = serves(cast, "甲", 1), serves(cast, "甲", 2)
    request = file(filer, cast.body)
    assert request.person is None and not barred(cast, one) and not barred(cast, other)
    head = cast.actor("head_of_body")
    [item] = [each for each in open_items(head) if each.link == "Decide"]
    assert item.title == "Decide whether 甲 steps back" and item.why == "Say first whom the request means."
    with pytest.raises(Refused):
        actions.decide_request(by=head, request=request, granted=True, decision="同意回避，另行安排")
    request.refresh_from_db()
    actions.name_person(by=head, request=request, person=other)
    assert barred(cast, other) and not barred(cast, one)
    with pytest.raises(Refused):
        actions.name_person(by=head, request=request, person=one)


def test_a_request_about_nobody_known_is_answered_too(cast, filer):
    request = file(filer, cast.body, named="无此人")
    actions.decide_request(by=cast.actor("head_of_body"), request=request, granted=False, decision="本机构没有此人参加考务")
    assert RecusalRequest.objects.get().state == "refused"
    assert Message.objects.filter(person_id=filer.person_id, kind="recusal.request_refused").count() == 1


def test_names_are_kept_encrypted(cast, filer):
    from django.db import connection

    file(filer, cast.body, for_name="王老五", for_contact="13800000000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT named, for_name, for_contact, reason FROM exams_recusalrequest")
        stored = " ".join(cursor.fetchone())
    assert "甲" not in stored and "王老五" not in stored and "138" not in stored


@pytest.mark.parametrize(
    ("change", "id"),
    [
        ({"named": "  "}, "recusal.nobody_named"),
        ({"filed_as": "king"}, "recusal.filed_as"),
        ({"for_name": "王老五"}, "recusal.on_behalf"),
        ({"for_contact": "13800000000"}, "recusal.on_behalf"),
    ],
)
def test_what_a_request_needs(cast, filer, change, id):
    with pytest.raises(Refused) as refused:
        file(filer, cast.body, **change)
    assert [one.id for one in refused.value.objections] == [id] and not RecusalRequest.objects.exists()


def test_a_head_neither_sees_nor_answers_a_request_that_may_mean_himself(cast, filer):
    head = cast.actor("head_of_body", name="甲")
    request = file(filer, cast.body)
    assert not queries.requests_visible_to(head).exists() and not [one for one in open_items(head) if one.link == "Decide"]
    for act in (
        lambda: actions.name_person(by=head, request=request, person=cast.person("甲", 3)),
        lambda: actions.decide_request(by=head, request=request, granted=False, decision="不同意回避申请"),
    ):
        with pytest.raises(NotPermitted):
            act()
    officer = cast.actor("authority_officer")
    actions.name_person(by=officer, request=request, person=Person.objects.get(pk=head.person_id))
    assert RecusalRequest.objects.get().person_id == head.person_id


def test_nobody_else_says_who_is_meant(cast, filer):
    person = serves(cast, "甲", 1)
    request = file(filer, cast.body)
    for by in (filer, cast.actor("exam_clerk"), cast.stranger, cast.actor("head_of_body", cast.other_body)):
        with pytest.raises(NotPermitted):
            actions.name_person(by=by, request=request, person=person)


# --------------------------------------------------------------------------------------------------------------------- pages


def test_the_answer_is_the_same_whether_or_not_somebody_of_the_name_serves(client, cast, filer):
    """Who sets questions is secret: a request must not be a way to ask."""
    serves(cast, "贺兰静", 1)
    sign_in_as(client, filer)
    shown = {}
    for name in ("贺兰静", "某某某"):
        answer = client.post(
            reverse("recusal:new_request"), {"body": str(cast.body.pk), "name": name, "filed_as": "candidate", "reason": WHY}, follow=True
        )
        assert answer.status_code == 200
        request = RecusalRequest.objects.order_by("-id").first()
        page = answer.content.decode().replace(name, "NAME").replace(str(request.pk), "PK")
        shown[name] = "\n".join(line for line in page.split("\n") if not any(word in line for word in ("csrf", "CSRF", "nonce")))
    assert shown["贺兰静"] == shown["某某某"]
    rows = {row.named: row.person for row in RecusalRequest.objects.all()}
    assert rows["贺兰静"] is not None and rows["某某某"] is None
    addresses = {f"requests/{row.pk}": reverse("recusal:requests") + f"?q={row.named}" for row in RecusalRequest.objects.all()}
    found = [page in client.get(address).content.decode() for page, address in addresses.items()]
    assert found[0] is found[1]


def test_the_clerk_files_for_somebody_without_an_account(client, cast):
    person = serves(cast, "甲", 1)
    clerk = cast.actor("exam_clerk")
    sign_in_as(client, clerk)
    address = reverse("recusal:new_request")
    assert "Only for somebody without an account" in client.get(address).content.decode()
    given = {"body": str(cast.body.pk), "name": "甲", "filed_as": "other", "reason": WHY, "for_name": "王老五"}
    assert client.post(address, given).status_code == 409
    assert client.post(address, {**given, "for_contact": "13800000000"}).status_code == 302
    request = RecusalRequest.objects.get()
    assert (request.person, request.for_name, request.filed_as) == (person, "王老五", "other") and barred(cast, person)
    page = reverse("recusal:request", args=[request.pk])
    assert "13800000000" in client.get(page).content.decode()
    sign_in_as(client, cast.candidate(person))
    assert client.get(page).status_code == 404
    sign_in_as(client, cast.candidate(cast.person("路人", 9)))
    assert "Only for somebody without an account" not in client.get(address).content.decode()


def test_the_head_says_who_is_meant_and_decides_on_pages(client, cast, filer):
    one = serves(cast, "甲", 1)
    serves(cast, "甲", 2)
    request = file(filer, cast.body)
    page, meant = (reverse(f"recusal:{name}", args=[request.pk]) for name in ("request", "name_person"))
    sign_in_as(client, filer)
    assert "Say who is meant" not in client.get(page).content.decode()
    assert client.post(meant, {"person": str(one.pk)}).status_code == 403
    sign_in_as(client, cast.actor("head_of_body"))
    assert "Say who is meant" in client.get(page).content.decode()
    stranger = cast.person("路人", 9)
    client.post(meant, {"person": str(stranger.pk)})
    assert RecusalRequest.objects.get().person is None
    client.post(meant, {"person": str(one.pk)})
    assert RecusalRequest.objects.get().person == one
    assert client.post(page, {"granted": "yes", "decision": "同意回避，另行安排"}).status_code == 302
    assert RecusalRequest.objects.get().decided_on == clock.today()
    assert Message.objects.filter(person_id=filer.person_id, kind="recusal.request_granted").count() == 1


def test_an_order_needs_exactly_one_person(client, cast):
    sign_in_as(client, cast.actor("head_of_body"))
    given = {"body": str(cast.body.pk), "name": "甲", "filed_as": "party", "reason": WHY, "order": "1"}
    assert client.post(reverse("recusal:new_request"), given).status_code == 409
    person = serves(cast, "甲", 1)
    assert client.post(reverse("recusal:new_request"), given).status_code == 302
    request = RecusalRequest.objects.get()
    assert (request.person, request.state, request.ex_officio) == (person, "granted", True)


def test_a_clerk_cannot_order_by_a_hidden_field(client, cast):
    person = serves(cast, "甲", 1)
    sign_in_as(client, cast.actor("exam_clerk"))
    given = {"body": str(cast.body.pk), "name": "甲", "filed_as": "party", "reason": WHY, "order": "1"}
    assert client.post(reverse("recusal:new_request"), given).status_code == 302
    assert (RecusalRequest.objects.get().state, RecusalRequest.objects.get().person) == ("filed", person)


def test_withdrawn_before_anybody_was_named(cast, filer):
    request = file(filer, cast.body)
    actions.withdraw_request(by=filer, request=request)
    assert RecusalRequest.objects.get().state == "withdrawn"
    with pytest.raises(NotPermitted):
        actions.withdraw_request(by=cast.stranger, request=request)
