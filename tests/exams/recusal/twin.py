"""The law of recusal once more, slowly: nested loops over the facts and the brute closure of all declarations of kinship.

Written from the rules of the domain (kinship by the five classes of 人社部规〔2019〕1号 and 公务员法 Art. 74; the three-year rule of the
Fujian and Hainan norms; the objection sentences of the glossary), not from `exams/recusal/rules.py` or `kinship.py`, so that the
two can be held against one another. It shares only the facts with them, and the list of capacities that exclude one another.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from exams import capacities
from exams.recusal.facts import Facts
from tests.exams.recusal.kin_twin import kin_class

SETTERS = ("setter", "reviewer", "question_approver", "assembler", "paper_approver")
GUARDS = ("custodian", "chief", "invigilator", "roving_invigilator", "video_monitor", "identity_officer", "technician")
MARKERS = ("assessor", "marker", "score_clerk", "score_checker", "score_approver")
OFFICERS = ("head_of_body", "exam_clerk", "verifier", "application_approver", "archivist")
INSPECTORS = ("authority_officer", "oversight_inspector")
AT_WORK = SETTERS + GUARDS + MARKERS
OF_THE_BODY = AT_WORK + OFFICERS
ALL = OF_THE_BODY + INSPECTORS
SECOND_EYES = ("reviewer", "question_approver", "paper_approver")

CLASS_NAMES = {
    1: "spouse",
    2: "direct blood relation",
    3: "collateral blood relation within three generations",
    4: "near affinity",
    5: "other kinship",
}

Row = tuple[tuple[str, ...], str, str, str, Any]  # whom the rule asks, its id, short name and start, the law itself
Answer = tuple[str, str, tuple[tuple[str, str], ...]]  # rule id, severity, what the sentence names


def judged(facts: Facts) -> set[Answer]:
    """Every objection there must be, and none besides."""
    certain = replace(facts, doubts=(), kin=tuple(edge for edge in facts.kin if not edge.doubtful))
    answers = set()
    for row in LAW:
        answers |= asked(row, certain)
    if facts.capacity in ALL:
        answers |= doubtful(facts, certain)
    return answers


def asked(row: Row, facts: Facts) -> set[Answer]:
    capacities_asked, rule_id, _title, start, law = row
    if facts.capacity not in capacities_asked:
        return set()
    # What a rule starts with is for the authority to order; where the law itself departs from the start, it goes on departing.
    start = ordered(facts, rule_id, start)
    return {(rule_id, severity or start, said(facts.name(facts.person), named)) for severity, named in law(facts)}


def ordered(facts: Facts, rule_id: str, start: str) -> str:
    for id, weight in facts.policy.severities:
        if id == rule_id:
            start = weight
    return start


def doubtful(facts: Facts, certain: Facts) -> set[Answer]:
    """What would be an objection besides, if somebody named without a number were the person who may be meant (R-17)."""
    start = ordered(facts, "recusal.match_doubt", "decide")
    answers = set()
    for doubt in facts.doubts:
        supposed = certain
        for name, part in (("trainings", doubt.training), ("authored", doubt.authored), ("employments", doubt.employment)):
            supposed = replace(supposed, **{name: (*getattr(supposed, name), *([part] if part else []))})
        supposed = replace(supposed, disputed=(*supposed.disputed, *([doubt.disputed] if doubt.disputed else [])))
        for row in LAW:
            besides = asked(row, supposed) - asked(row, certain)
            if besides:
                severity = "disclose" if all(answer[1] == "disclose" for answer in besides) else start
                named = {"named": doubt.named, "who": facts.name(doubt.who), "ground": row[2]}
                answers.add(("recusal.match_doubt", severity, said(facts.name(facts.person), named)))
    kin, kin_if = ({dict(named)["candidate"] for _, _, named in asked(KIN, one)} for one in (certain, facts))
    for candidate in kin_if - kin:
        answers.add(("recusal.match_doubt", start, said(facts.name(facts.person), {"candidate": candidate})))
    return answers


def said(person: str, named: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in {"person": person, **named}.items()))


Found = Iterator[tuple[str | None, dict[str, Any]]]


# ------------------------------------------------------------------------------------------------------------------------ days


def years_on(day: date, years: int) -> date:
    """The day of the same name so many years on, or the last day of that month (Civil Code, Art. 202)."""
    year = day.year + years
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def runs(fact: Any, day: date) -> bool:
    """Whether something with a first and perhaps a last day is the case on the day."""
    if fact.since > day:
        return False
    return fact.until is None or fact.until >= day


def runs_or_cools(facts: Facts, fact: Any) -> bool:
    """Whether it is the case, or ended so lately that the cooling-off period is not over."""
    on = facts.matter.on
    if fact.since > on:
        return False
    return fact.until is None or on <= years_on(fact.until, facts.policy.cooloff_years)


def cooling(facts: Facts) -> dict[str, Any]:
    return {"years": facts.policy.cooloff_years, "source": facts.policy.cooloff_source}


def items(facts: Facts) -> list[str]:
    found = [facts.matter.family] if facts.matter.family else []
    for family in facts.matter.families:
        if family not in found:
            found.append(family)
    return found


def candidates(facts: Facts) -> list[str]:
    """Everybody who sits, but for the person asked about: that is a ground of its own."""
    return [one for one in sorted(facts.matter.candidates) if one != facts.person]


# --------------------------------------------------------------------------------------------------------- the person and kin


def own_candidacy(facts: Facts) -> Found:
    for candidate in facts.matter.candidates:
        if candidate == facts.person:
            yield None, {"item": facts.matter.item or facts.matter.qualification or facts.matter.family}


def kin_of_candidate(facts: Facts) -> Found:
    sexes = {one.key: one.sex for one in facts.known if one.sex}
    mine = facts.key(facts.person)
    for candidate in candidates(facts):
        theirs = facts.key(candidate)
        if not mine or not theirs or mine == theirs:
            continue
        number = kin_class(list(facts.kin), sexes, mine, theirs)
        if number is not None:
            yield None, {"candidate": facts.name(candidate), "kin_class": CLASS_NAMES[number]}


# ------------------------------------------------------------------------------------------------------ training and material


def trained_for_item(facts: Facts) -> Found:
    for training in facts.trainings:
        for family in items(facts):
            if training.person != facts.person or training.family != family or not runs_or_cools(facts, training):
                continue
            named = {"family": family, "organiser": training.organisation_name, **cooling(facts)}
            if training.until is None:
                yield None, {**named, "since": training.since}
            else:
                until = years_on(training.until, facts.policy.cooloff_years)
                yield None, {**named, "ended": training.until, "until": until}


def wrote_material(facts: Facts) -> Found:
    on = facts.matter.on
    for work in facts.authored:
        for family in items(facts):
            until = years_on(work.published_on, facts.policy.cooloff_years)
            if work.person == facts.person and work.family == family and work.published_on <= on <= until:
                yield None, {"title": work.title, "published": work.published_on, "until": until, **cooling(facts)}


def trained_candidate(facts: Facts) -> Found:
    for training in facts.trainings:
        for candidate in candidates(facts):
            if training.person != facts.person or candidate not in training.trainees or training.since > facts.matter.on:
                continue
            severity = None if runs_or_cools(facts, training) else "disclose"
            ended = training.until if training.until is not None else facts.matter.on
            yield severity, {"candidate": facts.name(candidate), "ended": ended, **cooling(facts)}


def training_post(facts: Facts) -> Found:
    for post in facts.employments:
        if post.person == facts.person and post.kind == "training_body" and runs(post, facts.matter.on):
            trains_for = {"family": ", ".join(sorted(items(facts)))} if items(facts) else {}
            yield None, {"organisation": post.organisation_name, **trains_for}


# ---------------------------------------------------------------------------------------------------- employers, disputes, past


def same_employer(facts: Facts) -> Found:
    matter = facts.matter
    weight = None
    if facts.capacity in SETTERS:
        weight = "disclose"
    if facts.capacity == "assessor" or matter.form in ("practical", "oral"):
        weight = "block"
    for mine in facts.employments:
        if mine.person != facts.person or not runs(mine, matter.on):
            continue
        met = False
        for theirs in facts.employments:
            if theirs.person in candidates(facts) and theirs.organisation == mine.organisation and runs(theirs, matter.on):
                met = True
                yield weight, {"candidate": facts.name(theirs.person), "organisation": mine.organisation_name}
        if not met and mine.organisation in matter.employers:
            yield weight, {"organisation": mine.organisation_name}


def earlier_assessor(facts: Facts) -> Found:
    for earlier in facts.assessed:
        for candidate in candidates(facts):
            if earlier.person == facts.person and earlier.candidate == candidate and earlier.on < facts.matter.on:
                yield None, {"candidate": facts.name(candidate), "date": earlier.on}


def dispute(facts: Facts) -> Found:
    matter = facts.matter
    for quarrel in facts.disputed:
        for other in [*matter.candidates, *matter.employers, *matter.inspected]:
            if quarrel.person == facts.person and quarrel.other == other and runs(quarrel, matter.on):
                yield None, {"other": quarrel.other_name}


# ------------------------------------------------------------------------------------------- declarations, requests, concealment


def undeclared(facts: Facts) -> Found:
    if facts.matter.event_id:
        for declared in facts.declared:
            if declared.person == facts.person and declared.event_id == facts.matter.event_id and declared.signed_on:
                return
        yield None, {}


def declared_other(facts: Facts) -> Found:
    for declared in facts.declared:
        for ground in declared.grounds:
            here = facts.matter.event_id and declared.event_id == facts.matter.event_id
            if here and declared.person == facts.person:  # what somebody wrote down is known, signed or not
                yield None, {"text": ground}


def concealed(facts: Facts) -> Found:
    for proof in facts.concealed:
        last = date(proof.proved_on.year + 1, 12, 31)
        if proof.person == facts.person and proof.proved_on <= facts.matter.on <= last:
            yield None, {"date": proof.proved_on, "until": last}


def requested(facts: Facts) -> Found:
    for request in facts.requested:
        if request.person != facts.person or request.state not in ("filed", "granted"):
            continue
        if request.event_id:
            concerned = request.event_id == facts.matter.event_id
        else:
            concerned = request.body_id == facts.matter.body_id
        if concerned:
            decided = request.decided_on if request.state == "granted" else None
            yield None, {"date": decided or request.filed_on}


# ---------------------------------------------------------------------------------------------------------------- incompatible work


def setter_reviewer(facts: Facts) -> Found:
    earlier = {"reviewer": ("set",), "question_approver": ("set", "reviewed")}
    for hand in facts.hands:
        if hand.person != facts.person:
            continue
        for question in facts.matter.question_ids:
            if hand.question == question and hand.part in earlier.get(facts.capacity, ()):
                yield None, {"number": hand.number}
        for paper in facts.matter.paper_ids:
            if facts.capacity == "paper_approver" and hand.part == "assembled" and hand.paper == paper:
                yield None, {"number": hand.number}


def of_this_matter(facts: Facts, hand: Any) -> bool:
    """A paper is named by the matter, or is sat in its event for one of its items; where no item is named, for any."""
    for paper in facts.matter.paper_ids:
        if hand.paper == paper:
            return True
    if not hand.event or hand.event != facts.matter.event_id:
        return False
    return not items(facts) or hand.family in items(facts)


def who_knows_the_paper(facts: Facts) -> Found:
    papers = {hand.number for hand in facts.hands if hand.person == facts.person and of_this_matter(facts, hand)}
    for number in papers:
        parts = set()
        for hand in facts.hands:
            if hand.person == facts.person and hand.number == number and of_this_matter(facts, hand):
                parts.add(hand.part)
        yield None if parts & {"set", "reviewed"} else "decide", {"paper": number}


def incompatible(facts: Facts) -> Found:
    for held in facts.held:
        exclusion = capacities.excludes(held.capacity, facts.capacity)
        here = held.scope in ("", facts.matter.event_id, facts.matter.body_id)
        if held.person == facts.person and here and exclusion:
            wanted = capacities.title(facts.capacity)
            yield None, {"held": capacities.title(held.capacity), "wanted": wanted, "exclusion": exclusion}


def one_employer(facts: Facts) -> Found:
    matter = facts.matter
    others = [one for one in matter.colleagues if one != facts.person]
    if not others:
        return
    for mine in facts.employments:
        if mine.person != facts.person or not runs(mine, matter.on) or mine.organisation == matter.body_id:
            continue
        elsewhere = False
        for one in others:
            posts = [post.organisation for post in facts.employments if post.person == one and runs(post, matter.on)]
            if mine.organisation not in posts:
                elsewhere = True
        if elsewhere:
            continue
        of_candidates = mine.organisation in matter.employers
        for post in facts.employments:
            if post.person in matter.candidates and post.organisation == mine.organisation and runs(post, matter.on):
                of_candidates = True
        yield "block" if of_candidates else None, {"room": matter.room or "the room", "organisation": mine.organisation_name}


def untrained(facts: Facts) -> Found:
    last = None
    for training in facts.duty_trainings:
        if training.person == facts.person and training.capacity == facts.capacity and (last is None or training.until > last):
            last = training.until
    if last is not None and last < facts.matter.on:
        yield None, {"capacity": capacities.title(facts.capacity), "date": last}


def rotation(facts: Facts) -> Found:
    on = facts.matter.on
    for other in facts.matter.colleagues:
        for place in {one.place for one in facts.served}:
            times, name = 0, ""
            for one in facts.served:
                if (one.person, one.other, one.place) == (facts.person, other, place) and years_on(on, -1) <= one.on < on:
                    times, name = times + 1, one.other_name
            if times and times >= facts.policy.rotation_times:  # once more would be more often than allowed
                yield None, {"other": name, "n": times, "place": place}


# ------------------------------------------------------------------------------------------------------------- those who inspect


def body_interest(facts: Facts) -> Found:
    for organisation in facts.matter.inspected:
        for kind in (facts.employments, facts.trainings, facts.ties):
            for fact in kind:
                if fact.person != facts.person or fact.organisation != organisation:
                    continue
                yield from interest(facts, fact)


def interest(facts: Facts, fact: Any) -> Found:
    """A tie that lasts, cools off, or is agreed for later: a post to come is an interest of one's own too (Art. 76)."""
    if fact.until is None or facts.matter.on <= years_on(fact.until, facts.policy.cooloff_years):
        if hasattr(fact, "tie"):
            tie = fact.tie
        else:
            tie = "training" if hasattr(fact, "trainees") else fact.post or "a post"
        yield None, {"organisation": fact.organisation_name, "tie": tie}


def complaint_party(facts: Facts) -> Found:
    for part in facts.complaints:
        if part.person == facts.person and facts.matter.complaint_id and part.complaint_id == facts.matter.complaint_id:
            yield None, {"number": part.number}


KIN: Row = (ALL, "recusal.kin_of_candidate", "Kin of a candidate", "block", kin_of_candidate)
LAW: tuple[Row, ...] = (
    (ALL, "recusal.own_candidacy", "Own candidacy", "block", own_candidacy),
    KIN,
    (AT_WORK, "recusal.trained_for_item", "Trained for this item", "block", trained_for_item),
    (AT_WORK, "recusal.wrote_material", "Wrote training material", "block", wrote_material),
    (AT_WORK, "recusal.trained_candidate", "Trained a candidate", "block", trained_candidate),
    (OF_THE_BODY, "recusal.training_post", "Post in a training body", "block", training_post),
    (AT_WORK, "recusal.same_employer", "Same employer", "decide", same_employer),
    (MARKERS, "recusal.earlier_assessor", "Assessed the earlier attempt", "decide", earlier_assessor),
    (ALL, "recusal.dispute", "Dispute with a candidate", "decide", dispute),
    (AT_WORK, "recusal.undeclared", "No declaration", "block", undeclared),
    (ALL, "recusal.declared_other", "Other declared ground", "decide", declared_other),
    (OF_THE_BODY, "recusal.concealed", "Concealed a ground", "block", concealed),
    (ALL, "recusal.requested", "Request pending", "block", requested),
    (SECOND_EYES, "duty.setter_reviewer", "Set and reviewed", "block", setter_reviewer),
    (GUARDS, "duty.setter_guard", "Set and guarded", "block", who_knows_the_paper),
    (("marker", "assessor"), "duty.setter_marker", "Set and marked", "block", who_knows_the_paper),
    (ALL, "duty.incompatible", "Incompatible capacities", "block", incompatible),
    (("invigilator", "assessor", "identity_officer"), "duty.one_employer", "Room held by one employer", "decide", one_employer),
    (AT_WORK, "duty.untrained", "Annual training expired", "block", untrained),
    (("invigilator", "assessor"), "duty.rotation", "Same pair too often", "decide", rotation),
    (INSPECTORS, "recusal.body_interest", "Interest in the body", "block", body_interest),
    (ALL, "recusal.complaint_party", "Party to the complaint", "block", complaint_party),
)
