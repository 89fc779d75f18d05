"""Everything of an event moved by hand in a real browser: dragged, carried with keys, and by plain forms without any script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.browser import Site, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.walk]
WIDTHS = ((1280, "light", "en"), (390, "dark", "zh-hans"))


@pytest.fixture(scope="module", autouse=True)
def own_world(site: Site) -> None:
    if not site.world.ours:
        pytest.skip("these journeys change the world: not made in one that is only lent (JOURNEYS_WORLD)")


def later(site: Site, hours: int) -> dict[str, Any]:
    """A slot of its own for each journey."""
    return dict(json.loads(site.world.run("-m", "tests.journeys.happenings", "later", str(hours))))


@pytest.fixture
def page(site: Site) -> Iterator[Visitor]:
    visitor = site.visitor().sign_in("exam_clerk")
    yield visitor
    visitor.context.close()


def calendar(page: Visitor, scene: dict[str, Any]) -> None:
    page.go("sittings:board", scene["event"])
    page.wait_for_selector(".board[data-started]")


def at(page: Visitor, scene: dict[str, Any], number: int) -> Any:
    """A place of the calendar: the slot in one of its rooms."""
    return page.locator(f"[id='at-{scene['places'][number]}']")


def posts(place: Any) -> list[str]:
    return [text.strip() for text in place.locator("details.post .who").all_inner_texts()]


def drag(page: Visitor, source: Any, target: Any) -> Any:
    """Take hold of something and hold it over a place until the answer is there; the answer."""
    target.scroll_into_view_if_needed()
    source.scroll_into_view_if_needed()
    box = source.bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 20, steps=3)
    for _step in range(20):  # near its edge the board moves along, so the hand follows as a hand does
        box = target.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
        if target.evaluate("(one) => one.classList.contains('over')"):
            break
    answer = page.locator("#weigh-panel [data-clear]")
    answer.wait_for()
    return answer


def counts(page: Visitor, scene: dict[str, Any]) -> list[int]:
    """How many serve in the two rooms, by the server's own account."""
    page.go("sittings:board", scene["event"])
    return [at(page, scene, number).locator("details.post").count() for number in (0, 1)]


# ---- the calendar, dragged ----


def test_a_duty_is_dragged_to_another_room_and_the_answer_stands_there_before(site: Site, page: Visitor) -> None:
    scene = later(site, 4)
    calendar(page, scene)
    first, second = at(page, scene, 0), at(page, scene, 1)
    answer = drag(page, first.locator("details.post > summary"), second)
    assert answer.get_attribute("data-clear") == "yes"
    assert "May act" in answer.inner_text()
    assert counts_shown(first, second) == [1, 0]  # nothing was done yet
    page.mouse.up()
    second.locator("details.post").wait_for()
    assert posts(second) == [scene["serving"]] and posts(first) == []
    assert scene["serving"] in page.locator("#board-said").inner_text()
    assert page.evaluate("document.activeElement.closest('[data-duty]') !== null")
    assert page.barriers() == [] and page.faults == []
    assert counts(page, scene) == [0, 1]


def counts_shown(*places: Any) -> list[int]:
    return [place.locator("details.post").count() for place in places]


def test_somebody_is_dragged_from_the_list_and_a_busy_person_is_refused_before_the_drop(site: Site, page: Visitor) -> None:
    scene = later(site, 6)
    calendar(page, scene)
    page.get_by_label("Search by name").fill(scene["free"][0])
    entry = page.locator(".entry[data-capacity=invigilator]:visible")
    assert entry.count() == 1
    drag(page, entry, at(page, scene, 1))
    page.mouse.up()
    at(page, scene, 1).locator("details.post").wait_for()
    # The list was made anew with the board; the same person again, into the other room at the same time.
    page.get_by_label("Search by name").fill(scene["free"][0])
    answer = drag(page, page.locator(".entry[data-capacity=invigilator]:visible"), at(page, scene, 0))
    assert answer.get_attribute("data-clear") == "no"
    text = answer.inner_text()
    assert "May not act" in text and "is on duty from" in text and "What you can do:" in text
    page.mouse.up()
    assert page.locator("#weigh-panel").is_visible()
    assert page.barriers() == []
    page.get_by_role("button", name="Leave it where it is").click()
    assert not page.locator("#weigh-panel").is_visible()
    assert counts(page, scene) == [1, 1]


def test_dropped_beside_every_place_nothing_happens(site: Site, page: Visitor) -> None:
    scene = later(site, 5)
    calendar(page, scene)
    drag(page, at(page, scene, 0).locator("details.post > summary"), at(page, scene, 1))
    page.mouse.move(600, 4, steps=4)
    page.mouse.up()
    assert page.locator(".ghost").count() == 0 and page.locator(".held").count() == 0
    assert counts(page, scene) == [1, 0]


# ---- the calendar, by keys ----


def test_keys_carry_a_duty_there_and_escape_leaves_it(site: Site, page: Visitor) -> None:
    scene = later(site, 8)
    calendar(page, scene)
    said = page.locator("#board-said")
    at(page, scene, 0).locator("details.post > summary").focus()
    page.keyboard.press("Enter")
    assert "picked up" in said.inner_text()
    page.keyboard.press("ArrowDown")
    page.locator("#weigh-panel [data-clear]").wait_for()
    page.wait_for_function("document.getElementById('board-said').textContent.includes('May act')")
    assert scene["rooms"][1] in said.inner_text()
    page.keyboard.press("Escape")
    assert "nothing was changed" in said.inner_text()
    assert page.evaluate("document.activeElement.matches('summary')")
    assert counts_shown(at(page, scene, 0), at(page, scene, 1)) == [1, 0]
    page.keyboard.press(" ")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    at(page, scene, 1).locator("details.post").wait_for()
    assert counts(page, scene) == [0, 1]


def test_the_calendar_is_one_tab_stop_and_its_forms_open_by_a_key(site: Site, page: Visitor) -> None:
    scene = later(site, 3)
    calendar(page, scene)
    stops = page.locator("table.roster [tabindex='0']")
    assert stops.count() == 1
    at(page, scene, 1).locator(".vacant").first.focus()
    assert stops.count() == 1
    page.keyboard.press("F2")
    assert page.evaluate("document.activeElement.name") == "who"
    page.keyboard.type(scene["free"][1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/weigh?**")
    page.locator("main").get_by_role("button", name="Put on duty").click()
    page.wait_for_url("**/calendar?**")
    assert posts(at(page, scene, 1)) == [scene["free"][1]]


def test_somebody_of_the_list_is_carried_by_keys(site: Site, page: Visitor) -> None:
    scene = later(site, 7)
    calendar(page, scene)
    page.get_by_label("Search by name").fill(scene["free"][2])
    page.locator(".entry[data-capacity=invigilator]:visible").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('.at[data-place]')")
    place = at(page, scene, 1)
    place.evaluate("(one) => { one.focus(); one.closest('[data-weigh]').carry.over(one); }")
    page.locator("#weigh-panel [data-clear]").wait_for()
    page.keyboard.press("Enter")
    place.locator("details.post").wait_for()
    assert counts(page, scene) == [1, 1]


# ---- without any script ----


def test_without_a_script_forms_weigh_and_do_the_same(site: Site) -> None:
    scene = later(site, 2)
    context = site.browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = Visitor(context.new_page(), site).speak("en").sign_in("exam_clerk")
    page.go("sittings:board", scene["event"])
    assert page.locator("[data-pick], [data-people-search]").locator("visible=true").count() == 0
    place = at(page, scene, 1)
    place.locator("details.fill > summary").click()
    place.get_by_label("Name").fill(scene["serving"])
    place.get_by_role("button", name="What speaks against it?").click()
    # He is on duty in the other room at that time: not as one more duty, but moved from there.
    rows = page.locator("main tbody tr")
    assert rows.count() == 2
    assert "May not act" in rows.nth(1).inner_text() and "moved from" in rows.nth(0).inner_text()
    rows.nth(0).get_by_role("button", name="Move here").click()
    assert posts(at(page, scene, 1)) == [scene["serving"]] and posts(at(page, scene, 0)) == []
    at(page, scene, 1).locator("details.post > summary").click()
    at(page, scene, 1).get_by_role("link", name="Move or withdraw").click()
    page.locator("main tr", has_text=scene["rooms"][0]).get_by_role("button", name="Move here").last.click()
    page.go("sittings:board", scene["event"])
    assert posts(at(page, scene, 0)) == [scene["serving"]]
    context.close()


# ---- published already ----


def test_after_publication_a_drop_asks_for_the_reason_first(site: Site, page: Visitor) -> None:
    scene = later(site, 9)
    calendar(page, scene)
    released = page.locator("details.post[data-carry]", has_text="Released").filter(has_text="Invigilator").first
    source, name = released.locator("summary"), released.locator(".who").inner_text().strip()
    drag(page, source, at(page, scene, 1))
    page.mouse.up()
    page.wait_for_function("document.activeElement.name === 'reason'")
    page.keyboard.type("One invigilator fell ill")
    page.keyboard.press("Enter")
    at(page, scene, 1).locator("details.post").wait_for()
    assert posts(at(page, scene, 1)) == [name]


# ---- the seat plan ----


def seat_plan(page: Visitor) -> Any:
    """The plan of the first published room; its taken and its empty seats."""
    page.go("sittings:events")
    page.locator("main table a[href*='/sittings/slot/']").first.click()
    page.locator("main a[href*='/sittings/sitting/']").first.click()
    page.wait_for_selector("svg[role=grid][data-started]")
    return page.locator("svg [data-carry]"), page.locator("svg [data-place]:not([data-carry])")


def test_a_candidate_is_dragged_to_a_seat_and_two_persons_stand_for_it(page: Visitor) -> None:
    taken, _empty = seat_plan(page)
    before = taken.first.get_attribute("aria-label")
    answer = drag(page, taken.first, taken.nth(1))
    text = answer.inner_text()
    assert "changes places with" in text and "aper form" in text and "side by side" in text
    assert "replaced" in text  # the tickets
    page.mouse.up()
    page.wait_for_function("document.activeElement.name === 'reason'")
    assert page.barriers() == []
    page.keyboard.type("Sees badly from there")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sittings/change/**")
    main = page.locator("main").inner_text()
    assert "Another person decides on it." in main and "What would be different" in main
    taken, _empty = seat_plan(page)
    assert taken.first.get_attribute("aria-label") == before  # not before the second person


def test_keys_do_the_same_on_the_plan(page: Visitor) -> None:
    taken, _empty = seat_plan(page)
    taken.first.focus()
    page.keyboard.press("Enter")
    assert "picked up" in page.locator("#plan-said").inner_text()
    page.keyboard.press("ArrowRight")
    page.locator("#weigh-panel [data-clear]").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("#weigh-panel").is_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.name === 'reason'")


def test_a_form_does_the_same_without_a_plan(site: Site) -> None:
    context = site.browser.new_context(java_script_enabled=False)
    page = Visitor(context.new_page(), site).speak("en").sign_in("exam_clerk")
    page.go("sittings:events")
    page.locator("main table a[href*='/sittings/slot/']").first.click()
    page.locator("main a[href*='/sittings/sitting/']").first.click()
    page.locator("summary", has_text="Ask that a candidate be moved").click()
    form = page.locator("#move-form")
    form.get_by_label("New seat").select_option(index=11)
    form.get_by_role("button").click()
    assert "Nothing has been changed" in page.locator("main").inner_text()
    page.get_by_label("Reason").fill("Sees badly from there")
    page.locator("main").get_by_role("button", name="Ask").click()
    assert "/sittings/change/" in page.url
    context.close()


# ---- what every page has to be ----


@pytest.mark.parametrize(("width", "theme", "language"), WIDTHS)
def test_the_calendar_fits_and_can_be_operated(site: Site, width: int, theme: str, language: str) -> None:
    scene = later(site, 10 if width > 400 else 11)
    page = site.visitor(width=width, theme=theme, language=language).sign_in("exam_clerk")
    calendar(page, scene)
    assert page.barriers() == [] and page.overflow() <= 0 and page.faults == []
    place = at(page, scene, 0)
    place.locator("details.post > summary").click()
    place.locator("details.fill > summary").click()
    assert page.barriers() == [] and page.overflow() <= 0
    place.locator("[data-pick]").click()
    at(page, scene, 1).locator(".what").click(position={"x": 2, "y": 2})
    page.locator("#weigh-panel [data-clear]").wait_for()
    assert page.barriers() == [] and page.overflow() <= 0
    page.locator("#weigh-panel form .button").click()
    at(page, scene, 1).locator("details.post").wait_for()
    assert posts(at(page, scene, 1)) == [scene["serving"]]
    page.context.close()
