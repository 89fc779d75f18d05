"""The tags of every page: what they say, and that what people typed stays text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from exams.agenda import OpenItem
from exams.catalogue.models import Qualification
from exams.errors import NotPermitted, Refused
from exams.journal.queries import Line
from exams.recusal.rules import RULES
from exams.templatetags import look
from exams.verdicts import Objection, Verdict

EVIL = "<b onclick=x>evil</b>"
NINE = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)


def render(source: str, **context: Any) -> str:
    with translation.override("en"):
        return Template("{% load i18n look %}" + source).render(Context(context))


class Entry(forms.Form):
    name = forms.CharField(label="Name", help_text="As registered")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "First"), ("b", "Renewal")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="Read")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


OBJECTION = Objection("recusal.kin", "%(who)s is the father of a candidate.", {"who": EVIL}, basis="Clause 6", remedy="Draw again.")
PRIVATE = Objection("recusal.kin", "%(who)s is the father of a candidate.", {"who": "张三"}, private=("who",))


def test_a_status_is_icon_and_word_and_colour() -> None:
    assert (
        render('{% badge "ok" "Witnessed" %}')
        == '<span class="chip ok"><svg class="i" aria-hidden="true"><use href="#i-ok"/></svg>Witnessed</span>'
    )
    assert 'class="said off"' in render('{% said "no-such-tone" "x" %}')


def test_what_people_typed_is_escaped() -> None:
    for source in (
        '{% badge "ok" x %}',
        '{% said "ok" x %}',
        "{% icon x %}",
        '{% icon "ok" x %}',
        "{% masked x x %}",
        "{% objections o %}",
        "{% blockers o x x %}",
        "{% act x x confirm=x value=x %}",
    ):
        assert "<b onclick" not in render(source, x=EVIL, o=[OBJECTION])


@pytest.mark.parametrize(
    "refusal",
    [Refused([OBJECTION]), NotPermitted(OBJECTION), Verdict(False, OBJECTION), [OBJECTION], OBJECTION, [OBJECTION.as_json()], (OBJECTION,)],
    ids=lambda value: type(value).__name__,
)
def test_a_refusal_in_any_form_has_its_three_parts(refusal: Any) -> None:
    html = render("{% objections r %}", r=refusal)
    positions = [html.index(words) for words in ("Why:", "Clause 6", "Draw again.")]
    assert positions == sorted(positions)


@pytest.mark.parametrize("nothing", [None, [], Verdict(True), ""])
def test_no_refusal_shows_nothing(nothing: Any) -> None:
    assert render("{% objections r %}", r=nothing).strip() == ""


def test_a_kin_is_named_only_where_the_page_may_name_him() -> None:
    assert "张三" not in render("{% objections r %}", r=PRIVATE)
    assert "张三" in render("{% objections r named=True %}", r=PRIVATE)


def test_blockers_put_the_open_first_and_fold_the_met() -> None:
    items = [
        OpenItem("refused", "Replace invigilator 2", "why", "Clause 9", "Chief", NINE, "/x", "Replace"),
        OpenItem("done", "Papers sealed"),
        OBJECTION,
    ]
    html = render('{% blockers items "Publish" %}', items=items)
    assert "Publish: 2 items still open" in html
    assert "1 condition is met" in html
    assert "by Sat 28 Nov 2026, 09:00" in html
    assert html.index("Replace invigilator 2") < html.index("Papers sealed")
    assert render("{{ items|still_open }}", items=items) == "2"


def test_nothing_open_is_one_green_line() -> None:
    html = render('{% blockers items "Publish" %}', items=[OpenItem("done", "Papers sealed")])
    assert 'class="blockers clear"' in html
    assert "Publish: nothing blocks" in html


def test_an_act_that_is_blocked_can_be_reached_and_posts_nothing() -> None:
    html = render('{% act "Publish" "/go" tone="primary" blocked=3 %}')
    assert 'aria-disabled="true"' in html
    assert "<form" not in html
    assert "Publish (3 items open)" in html


def test_an_act_posts_its_values_and_what_was_typed() -> None:
    html = render('{% act "Void" "/go" tone="final" confirm="2026-04" kind="first" %}')
    assert '<input type="hidden" name="kind" value="first">' in html
    assert 'name="confirmed"' in html
    assert 'data-confirm="2026-04"' in html


def test_a_field_ties_label_help_and_error_together() -> None:
    html = render("{% field form.name %}", form=Entry({}))
    assert '<label for="id_name">Name</label>' in html
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_date_field_speaks_iso_in_every_language(language: str) -> None:
    class Days(forms.Form):
        day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), initial=date(2026, 11, 2))

    with translation.override(language):
        assert 'value="2026-11-02"' in Template("{% load look %}{% field form.day %}").render(Context({"form": Days()}))


def test_choices_are_a_group_with_a_legend() -> None:
    html = render("{% field form.kind %}", form=Entry())
    assert html.startswith("<fieldset")
    assert html.count('type="radio"') == 2
    assert "<legend>Kind</legend>" in html


def test_the_form_lists_its_errors_on_top_with_links() -> None:
    html = render("{% fields form %}", form=Entry({"name": "x"}))
    assert "2 entries need correction" in html
    assert 'href="#id_agree"' in html
    assert html.index('class="errors"') < html.index("<label")
    assert html.count('type="hidden"') == 1
    assert render("{% form_errors form %}", form=Entry()).strip() == ""


def test_times_are_marked_up_and_written_out() -> None:
    assert render("{% when t %}", t=NINE) == '<time datetime="2026-11-28T01:00:00+00:00">Sat 28 Nov 2026, 09:00</time>'
    assert (
        render("{% blocktrans with at=t|exactly %}Data as of {{ at }} (Asia/Shanghai){% endblocktrans %}", t=NINE)
        == "Data as of Sat 28 Nov 2026, 09:00:00 (Asia/Shanghai)"
    )
    assert render("{% when t %}", t=None) == "—"


def test_an_address_that_does_not_exist_is_empty() -> None:
    assert render('{% path "no:such" %}') == ""


@pytest.mark.parametrize(("level", "tone"), [("success", "ok"), ("warning", "warn"), ("error", "danger"), ("info", "off"), ("", "off")])
def test_messages_look_like_states(level: str, tone: str) -> None:
    assert look.message_tone(level) == tone


def line(action: str, minute: int, by: str = "沈砚秋", outcome: str = "done", witnessed: bool = True) -> Line:
    return Line(NINE + timedelta(minutes=minute), action, f"Did {action}", by, outcome, witnessed, minute, {})


def test_a_run_of_the_same_step_is_one_line_of_a_history() -> None:
    rows = [line("check", 9), line("check", 8), line("check", 7), line("open", 6), line("check", 5)]
    html = render("{% history_of x rows %}", x=None, rows=rows)
    assert html.count("<li") == 3
    assert html.count("Did check") == 2
    assert html.count("×") == 1
    assert 'Did check <span class="nowrap">× 3</span>' in html
    assert "first at Sat 28 Nov 2026, 09:07:00" in html
    assert "5 entries" in html


@pytest.mark.parametrize("other", [{"by": "禤巡"}, {"outcome": "refused"}, {"witnessed": False}, {"action": "open"}])
def test_what_differs_stays_a_line_of_its_own(other: dict[str, Any]) -> None:
    rows = [line("check", 9), line(**{"action": "check", "minute": 8} | other)]
    html = render("{% history_of x rows %}", x=None, rows=rows)
    assert html.count("<li") == 2
    assert "×" not in html


@pytest.mark.parametrize(("language", "words"), [("en", "System"), ("zh-hans", "系统")])
def test_what_the_system_asked_is_said_in_the_language_of_the_reader(language: str, words: str) -> None:
    with translation.override(language):
        assert look.actor_name("system") == words
    assert look.actor_name("禤巡") == "禤巡"


@pytest.fixture
def families(db: Any) -> None:
    for code, name_zh, name_en, level in (("UT-Ⅱ", "超声检测Ⅱ级", "Ultrasonic testing, level Ⅱ", "Ⅱ"), ("T", "电梯检验员", "", "检验员")):
        family = code.split("-")[0]
        Qualification.objects.create(code=code, name_zh=name_zh, name_en=name_en, level=level, family=family, regulation="TSG")


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [("en", "Ultrasonic testing", "Ultrasonic testing, 电梯, XX"), ("zh-hans", "超声检测", "超声检测、电梯、XX")],
)
def test_item_families_are_named_and_an_unknown_one_is_not_lost(families: None, language: str, one: str, several: str) -> None:
    with translation.override(language):
        assert look.family_names("UT") == one
        assert look.family_names(["UT", "T", "XX"]) == several


class Codes(forms.Form):
    family = forms.ChoiceField(choices=lambda: [("UT", "UT"), ("T", "T 电梯"), ("XX", "XX")])
    code = forms.ChoiceField(choices=[("YEARS", "Years"), ("severity:recusal.same_employer", "recusal.same_employer")])


def test_a_choice_that_shows_an_id_is_shown_by_its_name_and_posted_by_its_id(families: None) -> None:
    form = Codes({"family": "UT", "code": "severity:recusal.same_employer"})
    with translation.override("en"):
        html = render("{% fields form|worded %}", form=form)
    assert '<option value="UT" selected>Ultrasonic testing</option>' in html
    for option in ('<option value="T">电梯</option>', '<option value="XX">XX</option>', '<option value="YEARS">Years</option>'):
        assert option in html
    assert RULES.get("recusal.same_employer").title in html and ">recusal.same_employer<" not in html
    assert form.is_valid()
