"""The look: one place for colours and sizes, contrast that is computed, pages without anything the content policy forbids."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from exams.access import ANONYMOUS
from exams.errors import Refused
from exams.verdicts import Objection

STATIC = settings.BASE_DIR / "config" / "static"
TOKENS = (STATIC / "tokens.css").read_text()
SITE = (STATIC / "site.css").read_text()
TEMPLATES = [
    path
    for folder in ("config/templates", "exams/templates", "question_bank/templates", "proctoring/templates")
    for path in sorted((settings.BASE_DIR / folder).rglob("*.html"))
]
COMMENT = re.compile(r"/\*.*?\*/", re.S)
PAIR = re.compile(r"(--[\w-]+)\s*:\s*([^;]+);")


def block(css: str, selector: str) -> dict[str, str]:
    """The custom properties of the first block behind this selector."""
    css = COMMENT.sub("", css)
    start = css.index("{", css.index(selector)) + 1
    return {name: " ".join(value.split()) for name, value in PAIR.findall(css[start : css.index("}", start)])}


LIGHT = block(TOKENS, ':root, [data-theme="light"]')
DARK = block(TOKENS, '[data-theme="dark"]')


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# ---- tokens ----


def test_both_ways_into_the_dark_give_the_same_colours() -> None:
    assert block(TOKENS, ":root:not([data-theme])") == DARK


def test_dark_names_every_colour_that_light_names() -> None:
    assert set(LIGHT) == set(DARK)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_every_ground(theme: dict[str, str]) -> None:
    for voice, ground in product(("--text", "--text-2"), ("--surface", "--surface-2", "--surface-3")):
        assert contrast(theme[voice], theme[ground]) >= 4.5, (voice, ground)
    for tone, ground in product(("ok", "warn", "danger", "wait", "off", "accent"), ("--surface", "--surface-2")):
        assert contrast(theme[f"--{tone}"], theme[ground]) >= 4.5, (tone, ground)
    for tone in ("ok", "warn", "danger", "wait", "off", "accent"):
        assert contrast(theme[f"--{tone}"], theme[f"--{tone}-soft"]) >= 4.5, tone
        assert contrast(theme["--text"], theme[f"--{tone}-soft"]) >= 4.5, tone
    assert contrast(theme["--on-accent"], theme["--accent-fill"]) >= 4.5
    assert contrast(theme["--on-accent"], theme["--accent-fill-2"]) >= 4.5
    assert contrast(theme["--text"], theme["--mark"]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_controls_and_focus_are_seen(theme: dict[str, str]) -> None:
    for line, ground in product(("--edge", "--focus"), ("--surface", "--surface-2")):
        assert contrast(theme[line], theme[ground]) >= 3, (line, ground)


def test_no_colour_and_no_distance_outside_the_tokens() -> None:
    css = COMMENT.sub("", SITE)
    css = re.sub(r"@(media|page)[^{]*\{(\s*size[^}]*\})?", "", css)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", css) == []
    assert re.findall(r"\brgba?\(|\bhsla?\(", css) == []
    assert re.findall(r"font-size:\s*[\d.]+(?:px|rem)", css) == []
    assert re.findall(r"(?:margin|padding|gap)[\w-]*:[^;]*\b\d+px", css) == []


def test_every_name_of_the_stylesheet_is_a_token() -> None:
    known = set(re.findall(r"(--[\w-]+)\s*:", TOKENS)) | {"--c", "--c-soft"}
    assert set(re.findall(r"var\((--[\w-]+)", SITE)) - known == set()


def test_every_token_is_used() -> None:
    named = set(re.findall(r"(--[\w-]+)\s*:", COMMENT.sub("", TOKENS)))
    assert named - set(re.findall(r"var\((--[\w-]+)", SITE + TOKENS)) == set()


# ---- templates ----


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_nothing_in_a_template_that_the_content_policy_forbids(path: Path) -> None:
    text = path.read_text()
    assert re.findall(r"""\sstyle=["']""", text) == []
    assert re.findall(r"""\son[a-z]+=["']|\shx-on|\shx-vals=["']js:""", text) == []
    assert re.findall(r"<style\b", text) == []
    assert [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag and "application/json" not in tag] == []
    assert re.findall(r"(?:src|href)=[\"'](?:https?:)?//", text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_posted_form_carries_its_token(path: Path) -> None:
    text = path.read_text()
    for form in re.findall(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", text, re.S | re.I):
        assert "{% csrf_token %}" in form


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_named_icon_exists(path: Path) -> None:
    symbols = set(re.findall(r'<symbol id="i-([\w-]+)"', (settings.BASE_DIR / "config/templates/_symbols.html").read_text()))
    text = path.read_text()
    assert set(re.findall(r"""\{% icon ["']([\w-]+)["']""", text)) | set(re.findall(r'href="#i-([\w-]+)"', text)) <= symbols


def test_modules_use_nothing_that_needs_eval_or_a_stranger() -> None:
    for path in (STATIC / "js").glob("*.js"):
        text = path.read_text()
        assert re.findall(r"\beval\(|new Function|innerHTML\s*=|document\.write|https?://(?!www\.w3\.org)", text) == [], path.name


# ---- switches and error pages ----


@pytest.mark.django_db
def test_theme_and_print_size_turn_without_any_script() -> None:
    client = Client()
    seen = []
    for _ in range(3):
        response = client.post("/look/", {"switch": "theme", "next": "/healthz"})
        assert (response.status_code, response["Location"]) == (302, "/healthz")
        seen.append(client.cookies["theme"].value)
    assert seen == ["dark", "light", ""]
    client.post("/look/", {"switch": "size"})
    assert client.cookies["print_size"].value == "large"


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(target: str) -> None:
    assert Client().post("/look/", {"switch": "theme", "next": target})["Location"] == "/"


@pytest.mark.django_db
def test_a_forged_cookie_does_not_reach_the_page() -> None:
    client = Client()
    client.cookies["theme"] = 'dark"onload="x'
    client.cookies["print_size"] = "huge"
    text = client.get("/no-such-page/").content.decode()
    root = re.search(r"<html[^>]*>", text)
    assert root is not None
    assert root[0] in ('<html lang="zh-Hans">', '<html lang="en">')


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_an_unknown_address_gets_a_page_with_a_way_out(language: str, lang: str) -> None:
    client = Client()
    client.cookies["django_language"] = language
    response = client.get("/no-such-page/")
    text = response.content.decode()
    assert response.status_code == 404
    assert f'<html lang="{lang}"' in text
    assert 'href="/"' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "template",
    [
        "refused.html",
        "_refused.html",
        "stale.html",
        "_stale.html",
        "sealed.html",
        "_sealed.html",
        "403.html",
        "_403.html",
        "429.html",
        "500.html",
    ],
)
def test_every_refusal_page_says_why_and_what_can_be_done(template: str) -> None:
    request = RequestFactory().get("/")
    request.actor = ANONYMOUS  # type: ignore[attr-defined]
    objection = Objection("x.y", "The seal is broken.", basis="Clause 9", remedy="Call the chief.")
    context = {"refusal": Refused([objection]), "reason": objection, "obj": "Sitting 7", "what": "Dossier 7", "minutes": 15}
    with translation.override("en"):
        text = render_to_string(template, context, request)
    assert "Why:" in text
    assert "What you can do:" in text


def test_the_page_of_a_fault_needs_neither_database_nor_request() -> None:
    with translation.override("en"):
        assert "A fault of the system" in render_to_string("500.html")
