"""What each of the four groups comes for, in a real browser and in both languages: exam body, question setters, authority, candidates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import translation

from config.demo.world import PASSWORD
from tests.journeys.browser import Site, Visitor
from tests.journeys.happenings import FIRST_PASSWORD, LANGUAGES
from tests.journeys.tour import fetch

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OWN_PASSWORD = "one of my own Linjiang 27"
CLOSED = "The question bank is closed to persons who train candidates, and stays closed until the cooling-off period is over."
SHANGHAI = timezone(timedelta(hours=8))
TELEPHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def roles(site: Site) -> dict[str, Any]:
    """The people of these journeys; the journeys leave traces, so they are made in a world of their own only."""
    if not site.world.ours:
        pytest.skip("these journeys change the world: not made in one that is only lent (JOURNEYS_WORLD)")
    return dict(json.loads(site.world.run("-m", "tests.journeys.happenings", "roles")))


@pytest.fixture(params=LANGUAGES)
def walk(request: pytest.FixtureRequest, site: Site, roles: dict[str, Any]) -> Iterator[Walk]:
    """A visitor who is nobody yet: English by day, Chinese in the dark, so that both looks are walked through."""
    theme = {"en": "light", "zh-hans": "dark"}[request.param]
    walk = Walk(site.visitor(language=request.param, theme=theme), request.param, roles[request.param])
    yield walk
    walk.page.context.close()


@dataclass
class Walk:
    """One visit: the page, the words of its language, and who is who in it."""

    page: Visitor
    language: str
    who: dict[str, Any]
    seen: list[str] = field(default_factory=list)

    def say(self, words: str, **values: Any) -> str:
        """A sentence of the system as this visitor reads it."""
        with translation.override(self.language):
            return translation.gettext(words) % values if values else translation.gettext(words)

    # ---- signing in as everybody does ----

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """User name and password on the form; the looks of both pages count too."""
        self.page.go("people:sign_in")
        self.look()
        self.page.get_by_label(self.say("User name")).fill(username)
        self.page.get_by_label(self.say("Password")).fill(password)
        self.page.locator("main form.form").get_by_role("button", name=self.say("Sign in")).click()

    def sign_in_with_code(self, capacity: str) -> None:
        """Staff: the password, then the code that the demo shows because nobody holds the telephone."""
        self.sign_in(self.who[capacity])
        self.page.wait_for_url("**/people/code/")
        self.look()
        self.page.get_by_label(self.say("One-time code")).fill(self.page.locator("main .notice .mono").inner_text())
        self.press("Go on")
        self.page.wait_for_url(self.page.site.server.address + "/")

    # ---- moving about ----

    def follow(self, words: str, **values: Any) -> None:
        """A link of the page's own part, by its words."""
        self.page.locator("main").get_by_role("link", name=self.say(words, **values), exact=True).first.click()

    def turn_to(self, words: str) -> None:
        """A place of the rail."""
        rail = self.page.get_by_role("navigation", name=self.say("Main"))
        rail.get_by_role("link", name=self.say(words)).first.click()

    def press(self, words: str) -> Any:
        """A button that sends something; what the page asked for answered."""
        button = self.page.locator("main").get_by_role("button", name=self.say(words), exact=True).first
        with self.page.expect_navigation() as answered:
            button.click()
        return answered.value

    def text(self) -> str:
        return str(self.page.locator("main").inner_text())

    def happens(self, what: str, *words: str) -> dict[str, str]:
        """Something happens to the world while the page is open."""
        return dict(json.loads(self.page.site.world.run("-m", "tests.journeys.happenings", what, *words)))

    # ---- what every page has to be ----

    def look(self) -> None:
        """The page is in the reader's language, fits, can be operated, and the browser complains of nothing."""
        assert self.page.locator("html").get_attribute("lang") == {"en": "en", "zh-hans": "zh-Hans"}[self.language]
        assert self.page.barriers() == [], self.page.url
        assert self.page.overflow() <= 0, self.page.url
        assert self.page.faults == [], self.page.url
        self.seen.append(urlsplit(self.page.url).path)

    def look_on_a_telephone(self) -> None:
        """The same page in a hand, then at the desk again."""
        before = self.page.viewport_size
        self.page.set_viewport_size(TELEPHONE)
        self.look()
        self.page.set_viewport_size(before)

    def fetch(self, url: str) -> tuple[int, str, bytes]:
        """What an address answers to this visitor: status, media type, content."""
        answer = self.page.context.request.get(url)
        return answer.status, answer.headers["content-type"].split(";")[0], answer.body()

    def expect_pdf(self, url: str) -> None:
        status, media, content = self.fetch(url)
        assert (status, media, content[:5]) == (200, "application/pdf", b"%PDF-")


def absolute(walk: Walk, link: Any) -> str:
    return walk.page.site.server.address + str(link.get_attribute("href"))


# ---- exam body ----


def test_a_clerk_finds_what_is_stuck_and_prints_the_papers(walk: Walk) -> None:
    walk.sign_in_with_code("exam_clerk")
    _read_why_somebody_may_not_act(walk)
    _open_a_sitting(walk)
    seats = walk.page.locator("svg[role=grid] [role=gridcell]")
    taken = walk.page.locator("#plan tbody tr")
    assert 0 < taken.count() <= seats.count()
    walk.expect_pdf(absolute(walk, walk.page.get_by_role("link", name=walk.say("Attendance sheet"))))
    _print_the_tickets(walk)


def _read_why_somebody_may_not_act(walk: Walk) -> None:
    """The checklist of the home page first; then a ruling that refused somebody says why, on what basis, and what can be done."""
    walk.look()
    assert walk.page.locator("main .blockers li").count() > 0
    walk.turn_to("Recusal")
    walk.look()
    walk.page.go("/recusal/?allowed=False")
    refused = walk.page.locator("main tbody tr", has_text=walk.say("May not act"))
    assert refused.count() == walk.page.locator("main tbody tr").count() > 0
    refused.first.get_by_role("link").first.click()
    walk.page.wait_for_selector("article.objection")
    walk.look_on_a_telephone()
    walk.look()
    assert walk.say("May not act") in walk.text()
    first = walk.page.locator("article.objection").first
    assert first.locator("code").inner_text().strip()
    for words in ("Why", "Basis", "What you can do"):
        term = first.locator("dt", has_text=re.compile(f"^{re.escape(walk.say(words))}$"))
        assert term.locator("xpath=following-sibling::dd[1]").inner_text().strip(), words


def _open_a_sitting(walk: Walk) -> None:
    """Events, the event, a time slot, a room."""
    walk.turn_to("Sittings")
    walk.look()
    for path in ("/sittings/event/", "/sittings/slot/", "/sittings/sitting/"):
        walk.page.locator(f"main table a[href*='{path}']").first.click()
        walk.page.wait_for_url(f"**{path}**")
        walk.look()
    walk.look_on_a_telephone()


def _print_the_tickets(walk: Walk) -> None:
    """A room's tickets are long work: its page says when they can be had."""
    walk.press("Print all tickets of this room")
    walk.page.wait_for_url("**/jobs/**")
    done = walk.page.get_by_role("link", name=walk.say("Download the result"))
    done.wait_for(timeout=90_000)
    walk.look()
    walk.expect_pdf(absolute(walk, done))


# ---- question setters ----


def test_a_setter_who_trains_is_out_at_the_next_click(walk: Walk) -> None:
    walk.sign_in_with_code("setter")
    walk.look()
    stem = _begin_a_question(walk)
    _type_and_see_it_saved(walk, stem)
    question = urlsplit(walk.page.url).path
    walk.happens("training", walk.who["setter"])
    assert walk.press("Save draft").status == 403
    assert walk.say(CLOSED) in walk.text()
    assert stem not in walk.page.content()
    walk.look()
    for path in (question, "/bank/questions/", "/bank/questions/new/"):
        answer = walk.page.go(path)
        assert answer.status == 403, path
        assert stem not in walk.page.content()


def _begin_a_question(walk: Walk) -> str:
    """A question of one's own, begun on the form; the words it will have."""
    walk.turn_to("Questions")
    walk.look()
    walk.follow("Write a question")
    walk.look()
    walk.page.get_by_label(walk.say("Kind of question")).select_option("single_choice")
    walk.page.get_by_label(walk.say("Syllabus unit")).fill("U1")
    walk.page.get_by_label(walk.say("Marks per question")).fill("2")
    walk.press("Begin writing")
    walk.page.wait_for_selector("#stem")
    return f"超声检测中，近场长度与什么有关？({walk.language})"


def _type_and_see_it_saved(walk: Walk, stem: str) -> None:
    """Nothing is pressed: the page saves by itself and says so; what was typed is there when the page is opened anew."""
    walk.page.locator("#stem").fill(stem)
    walk.page.get_by_label(walk.say("Option %(letter)s", letter="A")).fill("晶片直径与波长")
    saved = walk.page.locator("#saved")
    walk.page.wait_for_function("words => document.getElementById('saved').textContent === words", arg=walk.say("Saved"))
    assert saved.get_attribute("role") == "status"
    walk.look()
    walk.page.reload()
    assert walk.page.locator("#stem").input_value() == stem
    walk.look_on_a_telephone()


# ---- issuing authority ----


def test_an_inspector_audits_a_body_which_learns_of_it_when_it_is_served(walk: Walk) -> None:
    walk.sign_in_with_code("oversight_inspector")
    walk.look()
    _open_the_body(walk)
    _name_two_inspectors(walk)
    audit = urlsplit(walk.page.url).path
    # Nobody tells the inspectors of the setter whose questions stand in the paper and who trains; the checks do.
    trainer = walk.happens("training", walk.who["setter"])
    walk.press("Run checks")
    findings = walk.page.locator("section[aria-labelledby=h-findings] tbody tr")
    assert [row for row in findings.all_inner_texts() if "questions.E001" in row and trainer["name"] in row]
    assert walk.page.locator("section[aria-labelledby=h-runs] tbody tr").count() > findings.count()
    walk.look_on_a_telephone()
    walk.look()
    assert _as_the_clerk(walk, audit) == (404, False)
    walk.press("Serve on the body")
    assert _as_the_clerk(walk, audit) == (200, True)


def _open_the_body(walk: Walk) -> None:
    walk.page.go("oversight:bodies")
    walk.look()
    walk.page.locator("main").get_by_role("link", name="临江特种设备考试中心").first.click()
    walk.page.wait_for_url("**/oversight/bodies/*/")
    walk.look()


def _name_two_inspectors(walk: Walk) -> None:
    """One inspector is refused, two are taken."""
    walk.follow("Open audit")
    walk.look()
    boxes = walk.page.locator("input[name=inspectors]")
    assert boxes.count() == 2
    boxes.nth(0).check()
    assert walk.press("Open audit").status == 409
    assert walk.say("An audit needs at least two inspectors.") in walk.text()
    walk.look()
    assert walk.page.locator("input[name=inspectors]:checked").count() == 1
    walk.page.locator("input[name=inspectors]").nth(1).check()
    assert walk.press("Open audit").status == 200
    walk.look()
    assert walk.say("Not yet; hidden from the body") in walk.text()


def _as_the_clerk(walk: Walk, audit: str) -> tuple[int, bool]:
    """What the body's clerk gets at the audit's address, and whether the clerk's list has it."""
    session = walk.page.site.world.people["exam_clerk"]["session"]
    clerk = walk.page.site.visitor(language=walk.language).sign_in("exam_clerk")
    status = clerk.go(audit).status
    clerk.go("oversight:index")
    listed = clerk.locator(f"main a[href='{audit}']").count() > 0
    clerk.context.close()
    assert fetch(walk.page.site.server.address + audit, session)[0] == status
    return status, listed


# ---- candidates ----


def test_a_candidate_finds_the_seat_the_ticket_and_the_calendar(walk: Walk) -> None:
    me = walk.who["candidate"]
    _choose_a_password(walk, me["username"])
    walk.page.get_by_role("link", name=walk.say("My examinations"), exact=True).first.click()
    walk.look_on_a_telephone()
    walk.look()
    shown = walk.text()
    day = datetime.fromisoformat(me["starts"]).astimezone(SHANGHAI)
    for part in (me["name"], me["ticket"], me["seat"], me["room"], f"{day:%H:%M}", str(day.day), str(day.year)):
        assert part in shown, part
    walk.expect_pdf(absolute(walk, walk.page.get_by_role("link", name=walk.say("Open the ticket")).first))
    assert walk.page.go("sittings:ticket", me["other"]).status == 404
    walk.look()
    _subscribe(walk, me)


def _choose_a_password(walk: Walk, username: str) -> None:
    """No second factor for candidates, but the body's first password works once only."""
    walk.sign_in(username, FIRST_PASSWORD)
    walk.page.wait_for_url("**/people/new-password/")
    walk.look()
    walk.page.locator("input[name=old]").fill(FIRST_PASSWORD)
    for name in ("new", "again"):
        walk.page.locator(f"input[name={name}]").fill(OWN_PASSWORD)
    walk.press("Change password")
    walk.page.wait_for_url(walk.page.site.server.address + "/")
    walk.look()


def _subscribe(walk: Walk, me: dict[str, str]) -> None:
    """The address answers a calendar programme that is signed in as nobody; a guessed one answers nothing."""
    walk.page.go("sittings:places")
    walk.press("Add to calendar")
    walk.look()
    feed = walk.page.get_by_role("link", name=walk.say("Add to calendar")).get_attribute("href")
    status, media, _text = fetch(feed, "")
    assert (status, media.split(";")[0]) == (200, "text/calendar")
    _status, _media, content = walk.fetch(feed)
    assert f"UID:place-{me['place']}" in content.decode()
    assert content.decode().count("BEGIN:VEVENT") == 1
    assert fetch(re.sub(r"[0-9a-f]{8}\.ics$", "00000000.ics", feed), "")[0] == 404
