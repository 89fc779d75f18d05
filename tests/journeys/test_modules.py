"""The small modules of the pages, each in a real browser: what a key, a click or a lost connection does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tests.journeys.browser import Site, Visitor

pytestmark = pytest.mark.browser

MODULES = "".join(
    f'<script type="module" src="/static/js/{name}.js"></script>' for name in ("look", "keys", "grid", "live", "progress", "confirm")
)
STYLES = '<link rel="stylesheet" href="/static/tokens.css"><link rel="stylesheet" href="/static/site.css">'
FRAME = '<!doctype html><html lang="en"><head><title>t</title>{}{}</head><body>{}</body></html>'


def staged(page: Visitor, body: str) -> Visitor:
    """The modules over a page written for the occasion, at the site's own origin and under its policy."""
    page.route("**/stage", lambda route: route.fulfill(content_type="text/html", body=FRAME.format(STYLES, MODULES, body)))
    page.go("/stage")
    page.wait_for_function("document.documentElement.classList.contains('js')")
    return page


def seats(rows: int, across: int) -> str:
    """A plan as the pages draw it."""
    drawn = "".join(f"<g role='row'>{''.join(seat(r, c) for c in range(across))}</g>" for r in range(rows))
    form = "<form id='move' action='/moved'><input name='moved'><input name='target'></form>"
    return f"<div><svg role='grid' data-said='said' data-picked='move' viewBox='0 0 300 200'>{drawn}</svg></div><p id='said'></p>{form}"


def seat(row: int, column: int) -> str:
    box = f"<rect x='{column * 60}' y='{row * 40}' width='50' height='30'/>"
    return f"<g role='gridcell' tabindex='-1' data-seat='{row}{column}' aria-label='Seat {row}{column}'>{box}</g>"


def focused(page: Visitor) -> str:
    return str(page.evaluate("document.activeElement.dataset.seat || document.activeElement.id || document.activeElement.tagName"))


# ---- theme, size, menu ----


def test_the_theme_turns_at_once_and_stays(site: Site) -> None:
    page = site.visitor()
    page.go("people:sign_in")
    page.get_by_role("button", name="Light / dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="Large print").click()
    assert page.locator("html").get_attribute("data-print-size") == "large"
    page.reload()
    assert page.locator("html").get_attribute("data-print-size") == "large"
    page.context.close()


def test_the_switches_work_without_any_script(site: Site) -> None:
    context = site.browser.new_context(java_script_enabled=False)
    page = Visitor(context.new_page(), site).speak("en")
    page.go("people:sign_in")
    page.get_by_role("button", name="Large print").click()
    assert page.locator("html").get_attribute("data-print-size") == "large"
    page.get_by_role("button", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    context.close()


def test_the_menu_of_a_telephone_opens_and_closes(site: Site) -> None:
    page = site.visitor(width=390).sign_in("exam_clerk")
    page.go("/")
    menu, rail = page.get_by_role("button", name="Menu"), page.get_by_role("navigation", name="Main")
    assert not rail.is_visible()
    menu.click()
    assert rail.is_visible()
    assert menu.get_attribute("aria-expanded") == "true"
    menu.click()
    assert not rail.is_visible()
    page.context.close()


# ---- keys ----


def test_the_first_tab_leads_past_the_rail(site: Site) -> None:
    page = site.visitor().sign_in("exam_clerk")
    page.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main, footer') !== null || document.activeElement === document.body")
    page.context.close()


def test_a_question_mark_lists_the_keys_and_escape_gives_the_focus_back(site: Site) -> None:
    page = site.visitor().sign_in("exam_clerk")
    page.go("people:organisations")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.hasAttribute('data-search')")
    page.keyboard.type("?/")
    assert page.evaluate("document.activeElement.value") == "?/"
    page.get_by_role("button", name="Light / dark").focus()
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog", name="Keys").is_visible()
    assert page.evaluate("document.activeElement.dataset.do") == "theme"
    page.context.close()


# ---- plan ----


def test_a_plan_is_one_tab_stop_and_arrows_move_on_it(site: Site) -> None:
    page = staged(site.visitor(), seats(3, 4))
    page.keyboard.press("Tab")
    assert focused(page) == "00"
    walk = {
        "ArrowRight": "01",
        "ArrowDown": "11",
        "End": "13",
        "ArrowRight ": "13",
        "ArrowDown ": "23",
        "ArrowDown  ": "23",
        "Home": "20",
        "ArrowUp": "10",
        "ArrowLeft": "10",
    }
    for key, seat in walk.items():
        page.keyboard.press(key.strip())
        assert focused(page) == seat, key
    assert page.locator("#said").text_content() == "Seat 10"
    assert page.locator("[role=gridcell][tabindex='0']").count() == 1
    page.context.close()


def test_enter_picks_up_and_puts_down_and_escape_lets_go(site: Site) -> None:
    page = staged(site.visitor(), seats(2, 3))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(".held").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".held").count() == 0
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.route("**/moved**", lambda route: route.fulfill(body="moved"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/moved?moved=00&target=11")
    page.context.close()


# ---- confirming by typing ----


def test_what_cannot_be_undone_waits_for_its_number(site: Site) -> None:
    with translation.override("en"):
        html = render_to_string(
            "_act.html", {"label": "Void", "url": "/voided", "tone": "final", "confirm": "2026-04", "values": [("reason", "x")]}
        )
    page = staged(site.visitor(), html)
    page.route("**/voided", lambda route: route.fulfill(body=route.request.post_data or ""))
    page.locator("summary").click()
    assert focused(page) == "confirm-2026-04"
    final = page.locator(".dialog .button.final")
    page.keyboard.type("2026-0")
    assert final.get_attribute("aria-disabled") == "true"
    page.keyboard.press("Escape")
    assert not page.locator(".dialog").is_visible()
    page.locator("summary").click()
    page.wait_for_function("document.activeElement.id === 'confirm-2026-04'")
    page.keyboard.type("4")
    assert final.get_attribute("aria-disabled") == "false"
    with page.expect_navigation():
        final.click()
    assert "confirmed=2026-04" in page.content()
    assert "reason=x" in page.content()
    page.context.close()


# ---- long work ----


def test_a_bar_follows_its_work_and_shows_the_end(site: Site) -> None:
    page = site.visitor()
    states = iter(
        [
            {"state": "running", "over": False, "done": 3, "total": 9, "step": "Tickets"},
            {"state": "done", "over": True, "done": 9, "total": 9, "step": ""},
        ]
    )
    asked: list[int] = []

    def answer(route: Any) -> None:
        asked.append(1)
        route.fulfill(content_type="application/json", body=json.dumps(next(states, {"over": True, "done": 9, "total": 9})))

    page.route("**/job", answer)
    lines = "<span data-step></span><span data-count></span><progress max='9' value='0'></progress>"
    bar = f"<div data-job='/job' data-state='running'>{lines}</div>"
    staged(page, bar)
    page.wait_for_function("document.querySelector('[data-count]').textContent === '3 / 9'")
    with page.expect_navigation():
        pass
    assert len(asked) >= 2
    page.context.close()


# ---- live parts ----


def test_a_live_part_hears_the_socket_and_comes_back_after_a_break(site: Site) -> None:
    page = site.visitor()
    sockets: list[Any] = []
    page.route_web_socket("**/ws/stage/", lambda socket: sockets.append(socket))
    staged(page, "<p id='offline' hidden>offline</p><div data-live='/ws/stage/' data-version='1'></div>")
    page.evaluate("window.heard = []; document.addEventListener('live:changed', (e) => window.heard.push(e.detail.version))")
    page.wait_for_timeout(300)
    sockets[0].send(json.dumps({"version": 7}))
    page.wait_for_function("window.heard.includes('7')")
    sockets[0].send("no json at all")
    sockets[0].close()
    page.wait_for_selector("#offline:not([hidden])")
    page.wait_for_selector("#offline", state="hidden", timeout=8000)
    assert len(sockets) == 2
    page.context.close()


def test_a_silent_socket_does_not_leave_the_page_behind(site: Site) -> None:
    page = site.visitor()
    page.route_web_socket("**/ws/stage/", lambda socket: None)
    page.route("**/version", lambda route: route.fulfill(content_type="application/json", body='{"version": 5}'))
    staged(
        page, "<p id='offline' hidden></p><div data-live='/ws/stage/' data-version-url='/version' data-version='4' data-poll='0.3'></div>"
    )
    page.evaluate("document.addEventListener('live:changed', (e) => { window.version = e.detail.version })")
    page.wait_for_function("window.version === '5'")
    page.context.close()
