"""How a paper stands: what still blocks its use, and everything its page shows of custody."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from exams import clock, spelling
from exams.agenda import OpenItem
from question_bank.assembly.models import Paper
from question_bank.papers.models import Opening, SealedPaper, SpareRequest
from question_bank.papers.queries import bags, standing_approvals


def records(paper: Paper) -> dict[str, Any]:
    """The sealed paper, the approvals that count, the opening, prints, requests and bags."""
    sealed = SealedPaper.objects.filter(paper=paper).defer("body").first()
    return {
        "sealed": sealed,
        "custodians": list(sealed.custodians.order_by("name_key", "id")) if sealed else [],
        "approvals": standing_approvals(paper) if sealed else [],
        "opening": Opening.objects.filter(paper=paper).select_related("first", "second").defer("data_key").first(),
        "printings": list(paper.printings.select_related("printed_by")),
        "requests": list(SpareRequest.objects.filter(paper=paper).select_related("asked_by", "decided_by")),
        "bags": bags(paper),
    }


def open_items(paper: Paper, about: dict[str, Any]) -> list[OpenItem]:
    """What still stands between the paper and its use, from the same facts as the refusals."""
    if paper.state == "assembled":
        why = _("By another person than the one who drew it")
        return [OpenItem("todo", _("The paper is not approved"), why, "R-24", _("Paper approver"))]
    if paper.state == "approved":
        why = _("For at least two custodians with a key")
        return [OpenItem("todo", _("The paper is not sealed"), why, "R-29, R-33", _("Custodian"))]
    if paper.state in ("assigned", "spare_kept"):
        return _before_opening(paper, about)
    return []


def _before_opening(paper: Paper, about: dict[str, Any]) -> list[OpenItem]:
    sealed, now = about["sealed"], clock.now()
    window = spelling.span(sealed.opens_at, sealed.closes_at)
    found = []
    if now < sealed.opens_at:
        found.append(OpenItem("wait", _("The window has not begun"), window, "R-30", due=sealed.opens_at))
    elif now >= sealed.closes_at:
        found.append(OpenItem("refused", _("The window is over; the paper was not opened"), window, "R-30"))
    if paper.spare_of_id and not any(request.granted for request in about["requests"]):
        found.append(OpenItem("wait", _("The spare paper is not released"), _("The chief asks, the head of the exam body decides"), "R-27"))
    given = [approval.person.name for approval in about["approvals"]]
    why = _("Two different custodians approve with their passphrases")
    if given:
        why = _("Approved by %(name)s; another custodian is needed") % {"name": given[0]}
    state = "wait" if now < sealed.opens_at else "todo"
    found.append(OpenItem(state, _("%(n)s of 2 approvals of the opening") % {"n": len(given)}, why, "R-33", _("Custodians")))
    return found
