"""Words of compulsory training, fees and textbooks: found however they are written, refused or looked at by a named superior (R-13)."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from exams.errors import NotPermitted, Refused
from exams.journal.models import Entry
from exams.messages.kinds import KINDS
from exams.programme import actions, queries, words
from exams.programme.models import Event, ForbiddenWord, WordsAccepted
from exams.programme.words import LOOK, NONE, REFUSE, Text, Word
from tests.cast import sign_in_as
from tests.exams.programme.events import entrust, item, planned

WHY = "培训班系其他单位自行举办，与报名条件无关"


@pytest.fixture
def world(cast):
    entrust(cast)
    return cast


def found(text, *more):
    return [(hit.word.text, hit.weight) for hit in words.hits([Text("Remarks", text)], [*words.start_list(), *more])]


def ids(refused):
    return [one.id for one in refused.value.objections]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("报名须缴纳培训费800元", [("培训费", REFUSE)]),
        ("考生必须参加培训并使用指定教材", [("须参加培训", REFUSE), ("指定教材", REFUSE)]),
        ("须缴纳培 训\u200b 费", [("培训费", REFUSE)]),
        ("培·训·费另计", [("培训费", REFUSE)]),
        ("A Training  Fee is due", [("training fee", REFUSE)]),
        ("ＴＲＡＩＮＩＮＧ ＦＥＥ", [("training fee", REFUSE)]),
        ("不收取培训费", [("培训费", LOOK)]),
        ("本中心不得指定教材", [("指定教材", LOOK)]),
        ("不收取培训费。但第二次考试须缴纳培训费", [("培训费", REFUSE)]),
        ("There is no training fee", [("training fee", LOOK)]),
        ("No food allowed. The training fee is 800", [("training fee", REFUSE)]),
        ("参加考前培训班的考生另行通知", [("考前培训", LOOK), ("培训班", LOOK)]),
        ("考试大纲见附件，不收取任何费用", []),
        ("我中心不举办培训", []),
        ("", []),
    ],
)
def test_words_are_found_however_they_are_written(text, expected):
    assert found(text) == expected


@given(st.sampled_from([word.text for word in words.start_list() if not word.text.isascii()]), st.data())
def test_no_sign_put_between_hides_a_word(word, data):
    gaps = data.draw(st.lists(st.sampled_from(["", " ", "\u3000", "\u200b", "·", "-"]), min_size=len(word), max_size=len(word)))
    written = "".join(sign + gap for sign, gap in zip(word, gaps, strict=True))
    assert word in [text for text, _weight in found(f"通知：{written}")]


@given(st.text(max_size=60))
def test_nothing_is_too_strange_to_be_read(text):
    words.hits([Text("Remarks", text)], words.start_list())


def test_every_word_has_its_source_and_an_objection_names_word_and_place():
    assert all(word.source and word.weight in (REFUSE, LOOK) for word in words.start_list())
    [objection] = words.objections(words.hits([Text("Remarks", "须缴纳培训费800元")], words.start_list()))
    assert (objection.id, objection.severity) == ("programme.forbidden_words", "block")
    assert "Remarks says “培训费”" in objection.text() and "Art. 54" in objection.basis_text()


def test_a_body_adds_and_strengthens_only_the_authority_weakens():
    start = [Word("培训班", LOOK, "s"), Word("培训费", REFUSE, "s")]
    weaker, stronger, new = Word("培训费", LOOK, "b"), Word("培训班", REFUSE, "b"), Word("习题集", LOOK, "b")
    of_body = {word.text: word.weight for word in words.together(start, [], [weaker, stronger, new])}
    assert of_body == {"培训费": REFUSE, "培训班": REFUSE, "习题集": LOOK}
    off = words.together(start, [Word("培训费", NONE, "a")], [])
    assert [word.text for word in off] == ["培训班"]


def test_no_fixed_notice_to_candidates_contains_such_a_word():
    said = [Text(kind, f"{row.title} {row.text}") for kind, row in KINDS.items()]
    assert words.hits(said, words.start_list()) == []


# ------------------------------------------------------------------------------------------------------------------- actions


def test_a_refused_word_is_set_aside_by_nobody(world):
    event, head = planned(world, item(), remarks="报名须缴纳培训费"), world.actor("head_of_body")
    with pytest.raises(Refused) as refused:
        actions.publish_notice(by=head, event=event)
    assert ids(refused) == ["programme.forbidden_words"]
    with pytest.raises(Refused) as refused:
        actions.accept_words(by=head, event=event, reason=WHY)
    assert ids(refused) == ["programme.forbidden_words"] and not WordsAccepted.objects.exists()


def test_a_word_to_look_at_waits_for_a_named_superior(world):
    event = planned(world, item(), remarks="参加考前培训班的考生另行通知")
    clerk, head = world.actor("exam_clerk"), world.actor("head_of_body")
    with pytest.raises(Refused) as refused:
        actions.publish_notice(by=clerk, event=event)
    assert set(ids(refused)) == {"programme.words_to_look_at"}
    for by in (clerk, world.stranger, world.actor("head_of_body", world.other_body), world.actor("authority_officer")):
        with pytest.raises(NotPermitted):
            actions.accept_words(by=by, event=event, reason=WHY)
    with pytest.raises(Refused) as refused:
        actions.accept_words(by=head, event=event, reason="短")
    assert ids(refused) == ["programme.words_reason"]
    row = actions.accept_words(by=head, event=event, reason=WHY)
    assert (row.words, row.accepted_name) == (["培训班", "考前培训"], head.name)
    actions.publish_notice(by=clerk, event=event)
    assert "考前培训" in bytes(Entry.objects.get(action="programme.publish_notice", outcome="done").body).decode()


def test_looked_at_holds_for_the_very_text_only(world):
    event, head = planned(world, item(), remarks="另有培训班"), world.actor("head_of_body")
    actions.accept_words(by=head, event=event, reason=WHY)
    changed = actions.change_event(by=head, event=event, remarks="报考者应有培训班证明")
    assert [one.id for one in queries.word_objections(changed)] == ["programme.words_to_look_at"]
    back = actions.change_event(by=head, event=event, remarks="另有培训班")
    assert queries.word_objections(back) == []


def test_an_event_without_such_words_has_nothing_to_look_at(world):
    with pytest.raises(Refused) as refused:
        actions.accept_words(by=world.actor("head_of_body"), event=planned(world, item()), reason=WHY)
    assert ids(refused) == ["programme.no_words"]


def test_words_are_kept_by_the_authority_and_the_body_each_for_its_own(world):
    officer, head = world.actor("authority_officer"), world.actor("head_of_body")
    actions.set_word(by=officer, organisation=world.authority, text="培训费", weight=NONE, source="云市监〔2026〕1号")
    actions.set_word(by=head, organisation=world.body, text="习题集", weight=REFUSE, source="本机构管理制度")
    in_force = {word.text: word.weight for word in queries.words_of(world.body)}
    assert "培训费" not in in_force and in_force["习题集"] == REFUSE
    assert "习题集" not in {word.text for word in queries.words_of(world.other_body)}
    assert "培训费" not in {word.text for word in queries.words_of(world.other_body)}
    actions.withdraw_word(by=officer, word=ForbiddenWord.objects.get(text="培训费"))
    assert {word.text: word.weight for word in queries.words_of(world.body)}["培训费"] == REFUSE
    with pytest.raises(Refused):
        actions.withdraw_word(by=officer, word=ForbiddenWord.objects.get(text="培训费"))


def test_a_word_set_again_takes_the_place_of_the_first(world):
    head = world.actor("head_of_body")
    for weight in (LOOK, REFUSE):
        actions.set_word(by=head, organisation=world.body, text=" 习题集 ", weight=weight, source="s")
    assert [(row.text, row.weight) for row in ForbiddenWord.objects.filter(withdrawn_at=None)] == [("习题集", REFUSE)]


@pytest.mark.parametrize(
    ("change", "id"),
    [
        ({"text": "培"}, "programme.word"),
        ({"text": "培" * 61}, "programme.word"),
        ({"weight": "heavy"}, "programme.word_weight"),
        ({"source": "  "}, "programme.word_source"),
        ({"weight": NONE}, "programme.word_weaker"),
    ],
)
def test_what_a_word_needs(world, change, id):
    with pytest.raises(Refused) as refused:
        actions.set_word(
            by=world.actor("head_of_body"), organisation=world.body, **{"text": "习题集", "weight": LOOK, "source": "s", **change}
        )
    assert ids(refused) == [id]


def test_nobody_keeps_words_for_others(world):
    head = world.actor("head_of_body")
    word = actions.set_word(by=head, organisation=world.body, text="习题集", weight=LOOK, source="s")
    for by in (world.actor("exam_clerk"), world.stranger, world.actor("head_of_body", world.other_body)):
        with pytest.raises(NotPermitted):
            actions.set_word(by=by, organisation=world.body, text="教材", weight=LOOK, source="s")
        with pytest.raises(NotPermitted):
            actions.withdraw_word(by=by, word=word)


# --------------------------------------------------------------------------------------------------------------------- pages


def test_words_on_pages(client, world):
    event = planned(world, item(), remarks="参加考前培训班的考生另行通知")
    page, accept = (reverse(f"programme:{name}", args=[event.pk]) for name in ("event", "accept_words"))
    sign_in_as(client, world.actor("exam_clerk"))
    shown = client.get(page).content.decode()
    assert "Remarks says “考前培训”" in shown and accept not in shown and client.get(accept).status_code == 403
    assert client.post(reverse("programme:publish", args=[event.pk])).status_code == 409
    assert client.get(reverse("programme:words")).status_code == 200
    assert client.post(reverse("programme:words"), {"text": "习题集", "weight": "look", "source": "s"}).status_code == 403
    sign_in_as(client, world.actor("head_of_body"))
    assert accept in client.get(page).content.decode()
    assert client.post(accept, {"reason": "短"}).status_code == 409
    assert client.post(accept, {"reason": WHY}).status_code == 302
    assert WHY in client.get(page).content.decode()
    assert client.post(reverse("programme:words"), {"text": "习题集", "weight": "none", "source": "s"}).status_code == 409
    assert client.post(reverse("programme:words"), {"text": "习题集", "weight": "look", "source": "本机构制度"}).status_code == 302
    word = ForbiddenWord.objects.get()
    sign_in_as(client, world.actor("head_of_body", world.other_body))
    assert "习题集" not in client.get(reverse("programme:words")).content.decode()
    assert client.post(reverse("programme:withdraw_word", args=[word.pk])).status_code == 404
    sign_in_as(client, world.actor("head_of_body"))
    assert client.post(reverse("programme:withdraw_word", args=[word.pk])).status_code == 302
    sign_in_as(client, world.actor("exam_clerk"))
    assert client.post(reverse("programme:publish", args=[event.pk])).status_code == 302
    assert Event.objects.get(pk=event.pk).state == "announced"
