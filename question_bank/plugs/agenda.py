"""What the home page of each capacity of the bank lists, the rail, the ticks, the watched rows and the names of the tables."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exams import clock
from exams.access import SYSTEM, Actor, may
from exams.agenda import OpenItem, agenda
from exams.errors import Stale
from exams.journal.naming import name_tables
from exams.journal.projection import watch
from exams.navigation import entry
from exams.ticks import tick
from exams.verdicts import gettext_noop
from question_bank.assembly import queries as papers
from question_bank.assembly.models import Paper
from question_bank.papers.actions import close_window
from question_bank.papers.models import CustodianKey, Opening, SealedPaper
from question_bank.papers.queries import own_key
from question_bank.questions import queries as questions
from question_bank.questions.models import Question
from question_bank.questions.wall import has_signed

WRITERS = ("setter", "reviewer", "question_approver")
MAKERS = ("assembler", "paper_approver", "custodian")
WAITING = {"setter": ("draft", "returned"), "reviewer": ("in_review",), "question_approver": ("reviewed",)}

entry("questions.list", gettext_lazy("Questions"), "questions:list", *WRITERS, order=10)
entry("blueprints.list", gettext_lazy("Blueprints"), "blueprints:list", "assembler", "paper_approver", "question_approver", order=20)
entry("papers.list", gettext_lazy("Papers"), "papers:list", *MAKERS, order=30)

watch(Question, "state", "family", "unit", "marks", "difficulty")
watch(Paper, "state", "seed_commitment", "approved_by")
watch(SealedPaper, "ciphertext_digest", "commitment", "opens_at", "closes_at")
watch(Opening, "first", "second", "first_at", "opened_at")
watch(CustodianKey, "public", "person")

name_tables(
    {
        "question_bank.Approval": gettext_noop("Approval of an opening"),
        "question_bank.Blueprint": gettext_noop("Blueprint"),
        "question_bank.CustodianKey": gettext_noop("Custodian key"),
        "question_bank.HandOver": gettext_noop("Hand-over"),
        "question_bank.Opening": gettext_noop("Opening of the paper"),
        "question_bank.Paper": gettext_noop("Test paper"),
        "question_bank.Printing": gettext_noop("Print run"),
        "question_bank.Question": gettext_noop("Question"),
        "question_bank.SealedPaper": gettext_noop("Sealed paper"),
        "question_bank.SecrecyLetter": gettext_noop("Secrecy letter"),
        "question_bank.SpareRequest": gettext_noop("Request for the spare paper"),
    }
)


@agenda("question_bank.closed", *WRITERS, *MAKERS)
def closed(actor: Actor) -> Iterator[OpenItem]:
    """The wall itself, or the letter that is missing."""
    verdict = may(actor, "questions.sign_letter")
    if not verdict and verdict.reason:
        yield OpenItem("refused", verdict.reason.text(), verdict.reason.remedy_text(), verdict.reason.basis_text())
    elif not has_signed(actor):
        yield OpenItem(
            "todo", _("Sign the secrecy letter"), _("Until then the question bank shows no text"), "R-23",
            url=reverse("questions:letter"), link=_("Read and sign"),
        )  # fmt: skip


@agenda("question_bank.questions", *WRITERS)
def waiting_questions(actor: Actor) -> Iterator[OpenItem]:
    """Questions that wait for this person's step: numbers only."""
    if not may(actor, "questions.list"):
        return
    found = questions.visible_to(actor).filter(state__in=WAITING[actor.capacity])
    returned = found.filter(state="returned").count()
    if returned:
        title = ngettext("%(n)s question was returned for changes", "%(n)s questions were returned for changes", returned) % {"n": returned}
        yield OpenItem("todo", title, basis="R-24", url=f"{reverse('questions:list')}?state=returned", link=_("Open"))
    rest = found.exclude(state="returned").count()
    if rest:
        words = {
            "setter": ngettext("%(n)s draft is not submitted", "%(n)s drafts are not submitted", rest),
            "reviewer": ngettext("%(n)s question waits for review", "%(n)s questions wait for review", rest),
            "question_approver": ngettext("%(n)s question waits for approval", "%(n)s questions wait for approval", rest),
        }
        yield OpenItem("todo", words[actor.capacity] % {"n": rest}, basis="R-24", url=reverse("questions:list"), link=_("Open"))


@agenda("question_bank.papers", *MAKERS)
def waiting_papers(actor: Actor) -> Iterator[OpenItem]:
    """Papers that wait for approval, sealing or opening, and a custodian's missing key."""
    if not may(actor, "assembly.list"):
        return
    if actor.capacity == "custodian" and own_key(actor) is None:
        yield OpenItem("todo", _("Enrol my key"), _("No paper can be sealed for you"), "R-33", url=reverse("papers:key"), link=_("Enrol"))
    states = {"paper_approver": ("assembled",), "custodian": ("approved", "assigned")}.get(actor.capacity, ())
    found = papers.visible_to(actor).filter(state__in=states, spare_of=None).select_related("sealed")
    words = {
        "assembled": _("Paper %(number)s waits for approval"),
        "approved": _("Paper %(number)s waits to be sealed"),
        "assigned": _("Paper %(number)s waits to be opened by two custodians"),
    }
    for paper in found:
        sealed = getattr(paper, "sealed", None)
        early = sealed is not None and clock.now() < sealed.opens_at
        yield OpenItem(
            "wait" if early else "todo", words[paper.state] % {"number": paper.number}, paper.title, "R-33",
            due=sealed.opens_at if sealed else None, url=reverse("papers:page", args=[paper.pk]), link=_("Open"),
        )  # fmt: skip


@agenda("question_bank.day", "chief")
def papers_of_the_day(actor: Actor) -> Iterator[OpenItem]:
    """The papers of slots that have not ended: whether they are open, and the way to the spare."""
    if not may(actor, "assembly.list"):
        return
    own = papers.visible_to(actor).filter(spare_of=None, state__in=("assigned", "released"), sealed__closes_at__gt=clock.now())
    for paper in own.select_related("sealed"):
        opened = paper.state == "released"
        title = _("Paper %(number)s is open") if opened else _("Paper %(number)s waits to be opened by two custodians")
        yield OpenItem(
            "done" if opened else "wait", title % {"number": paper.number}, paper.title, "R-33",
            due=paper.sealed.opens_at, url=reverse("papers:page", args=[paper.pk]), link=_("Open"),
        )  # fmt: skip


@agenda("question_bank.spares", "head_of_body")
def spare_requests(actor: Actor) -> Iterator[OpenItem]:
    """Requests for a spare paper that wait for the head's decision."""
    if not may(actor, "assembly.list"):
        return
    for paper in papers.visible_to(actor).filter(spare_requests__decided_at=None, spare_requests__isnull=False).distinct():
        title = _("The use of spare paper %(number)s is requested") % {"number": paper.number}
        yield OpenItem("todo", title, paper.title, "R-27", url=reverse("papers:page", args=[paper.pk]), link=_("Decide on the spare"))


@tick("papers.close_windows", every=30)
def close_windows() -> None:
    """Opened papers whose window is over are used."""
    for paper in Paper.objects.filter(state="released", sealed__closes_at__lte=clock.now()):
        try:
            close_window(by=SYSTEM, paper=paper)
        except Stale:
            continue
