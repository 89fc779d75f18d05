"""The law of recusal: every rule in this one file, pure, read from top to bottom; facts in, objections out, deny wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from exams.capacities import excludes, title
from exams.recusal import kinship
from exams.recusal.facts import Doubt, Employment, Facts, Hand, KinEdge, Matter, years_before
from exams.registry import Entry, Registry
from exams.verdicts import Objection, Severity
from exams.verdicts import gettext_noop as _

RULES = Registry("recusal rules")
VERSION = "2026-13"  # changes whenever a rule changes; kept with every ruling

# ---------------------------------------------------------------------------------------------------------------- who is asked

SETTING = frozenset({"setter", "reviewer", "question_approver", "assembler", "paper_approver"})
GUARDING = frozenset(
    {"custodian", "chief", "invigilator", "roving_invigilator", "video_monitor", "identity_officer", "technician"}
)
MARKING = frozenset({"assessor", "marker", "score_clerk", "score_checker", "score_approver"})
EXAM_WORK = SETTING | GUARDING | MARKING
OFFICE = frozenset({"head_of_body", "exam_clerk", "verifier", "application_approver", "archivist"})
OVERSIGHT = frozenset({"oversight_inspector", "authority_officer"})
EVERYBODY = EXAM_WORK | OFFICE | OVERSIGHT

# ----------------------------------------------------------------------------------------------------------------- the bases

_STEP_BACK = _("Civil Servant Law, Arts. 74 and 76; notice 2024 No. 34, I (3)")
_SEPARATION = _("Administrative Licensing Law, Art. 54; notice 2024 No. 34, I (3)")
_COOLING_OFF = _("Notice 2024 No. 34, I (3); cooling-off period of %(years)s years (%(source)s)")
_DECLARE = _("Civil Servant Law, Arts. 76 and 77; notice 2024 No. 34, I (3)")
_CONCEALED = _("Order 33 of the Ministry of Education, Art. 13 (1), by analogy; recusal rules of the body")
_TWO_PEOPLE = _("Notice 2024 No. 34, I (3): question-setting management; separation of duties")
_BODY_RULES = _("Recusal rules of the body")
_OVERSIGHT = _("Civil Servant Law, Art. 76; Order 57 (2022), Art. 19")

_ANOTHER = _("Choose another person, or draw again.")
_NEVER = _("Choose another person. This ground cannot be waived.")
_SUPERIOR = _("Choose another person, or two superiors set the objection aside in writing.")
_ANSWER = _("Choose another person, or a superior decides in writing that the person may act.")


@dataclass(frozen=True)
class Said:
    """What a rule has to say about one fact: the parameters of its sentence, and where it departs from its own start."""

    params: dict[str, Any]
    severity: Severity | None = None
    message: str = ""
    private: tuple[str, ...] = ()
    basis: dict[str, Any] = field(default_factory=dict)


Rule = Callable[[Facts], Iterator[Said]]


def rule(
    id: str,
    title: str,
    message: str,
    *,
    basis: str,
    remedy: str = _SUPERIOR,
    severity: Severity = "block",
    waivable: bool = True,
    capacities: frozenset[str] = EVERYBODY,
) -> Callable[[Rule], Rule]:
    """State a rule: its id, short name, sentence and basis; whom it asks; whether a superior may set it aside."""
    return RULES.register(
        id, title=title, message=message, basis=basis, remedy=remedy, severity=severity, waivable=waivable, capacities=capacities
    )


def judge(facts: Facts) -> list[Objection]:
    """Put the facts to every rule. All objections come out, in the order of the rules' ids; nothing outweighs one."""
    return [objection for entry in RULES for objection in ask(entry, facts)]


def ask(entry: Entry, facts: Facts) -> list[Objection]:
    """What one rule says about the facts."""
    if facts.capacity not in entry.capacities:
        return []
    start = facts.policy.severity(entry.id, entry.severity)
    return [
        Objection(
            entry.id,
            said.message or entry.message,
            {"person": facts.name(facts.person), **said.params, **said.basis},
            entry.basis,
            entry.remedy,
            said.severity or start,
            said.private,
        )
        for said in entry(facts)
    ]


def asked(capacity: str) -> list[Entry]:
    """The rules that a capacity is asked."""
    return [entry for entry in RULES if capacity in entry.capacities]


def allows(objections: Iterable[Objection]) -> bool:
    """Deny wins: one objection that blocks, or that a superior has not yet answered, is enough."""
    return not any(objection.severity in ("block", "decide") for objection in objections)


def waivable(rule_id: str) -> bool:
    """Whether the law lets superiors set an objection of this rule aside."""
    return rule_id in RULES and bool(RULES.get(rule_id).waivable)


def bar_until(proved_on: date) -> date:
    """The last day without exam work after it was proved that a ground was hidden: that year and the next."""
    return date(proved_on.year + 1, 12, 31)


def years_after(day: date, years: int) -> date:
    """The last day of a period counted in years; 29 February ends on the last day of February (Civil Code, Art. 202)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


# ------------------------------------------------------------------------------------------------------------ I. the candidates


@rule(
    "recusal.own_candidacy",
    _("Own candidacy"),
    _("%(person)s sits %(item)s in this event."),
    basis=_STEP_BACK,
    remedy=_NEVER,
    waivable=False,
)
def own_candidacy(facts: Facts) -> Iterator[Said]:
    """Nobody works for an examination that they sit themselves."""
    if facts.person in facts.matter.candidates:
        yield Said({"item": facts.matter.item or facts.matter.qualification or facts.matter.family})


@rule(
    "recusal.kin_of_candidate",
    _("Kin of a candidate"),
    _("%(person)s is the %(relation)s of candidate %(candidate)s (%(kin_class)s)."),
    basis=_STEP_BACK,
    remedy=_NEVER,
    waivable=False,
)
def kin_of_candidate(facts: Facts) -> Iterator[Said]:
    """Nobody works for an examination that a relative of the five classes sits."""
    known = {person.key: person for person in facts.known}
    candidates = {key for key, person in known.items() if person.id in facts.matter.candidates}
    for kin in _kin(facts, candidates):
        names = {"candidate": known[kin.other].name, "relation": kin.relation, "kin_class": kin.class_name}
        yield Said(names, private=("candidate", "relation"))


@rule(
    "recusal.same_employer",
    _("Same employer"),
    _("%(person)s and candidate %(candidate)s are both employed by %(organisation)s."),
    basis=_STEP_BACK,
    remedy=_ANSWER,
    severity="decide",
    capacities=EXAM_WORK,
)
def same_employer(facts: Facts) -> Iterator[Said]:
    """Nobody assesses a colleague; whoever guards or marks a colleague's test needs a superior's answer."""
    severity = _severity_of_employer(facts)
    own = {post.organisation: post for post in _posts(facts, facts.person)}
    named = set()
    for candidate in sorted(facts.matter.candidates - {facts.person}):
        for post in _posts(facts, candidate):
            if post.organisation in own:
                named.add(post.organisation)
                yield Said({"candidate": facts.name(candidate), "organisation": post.organisation_name}, severity)
    for organisation in sorted(facts.matter.employers & own.keys() - named):
        yield Said(
            {"organisation": own[organisation].organisation_name},
            severity,
            _("%(person)s is employed by %(organisation)s, which sends candidates to this examination."),
        )


@rule(
    "recusal.trained_candidate",
    _("Trained a candidate"),
    _("%(person)s trained candidate %(candidate)s of this room until %(ended)s."),
    basis=_COOLING_OFF,
    capacities=EXAM_WORK,
)
def trained_candidate(facts: Facts) -> Iterator[Said]:
    """Nobody guards, assesses or marks a person they trained; what lies before the cooling-off period is disclosed."""
    for training in facts.trainings:
        if training.person != facts.person or training.since > facts.matter.on:
            continue
        ended = training.until or facts.matter.on
        over = facts.matter.on > years_after(ended, facts.policy.cooloff_years)
        for candidate in sorted(training.trainees & facts.matter.candidates - {facts.person}):
            params = {"candidate": facts.name(candidate), "ended": ended.isoformat()}
            yield Said(params, "disclose" if over else None, basis=_cooling_off(facts))


@rule(
    "recusal.earlier_assessor",
    _("Assessed the earlier attempt"),
    _("%(person)s assessed candidate %(candidate)s in the earlier attempt on %(date)s."),
    basis=_BODY_RULES,
    remedy=_ANSWER,
    severity="decide",
    capacities=MARKING,
)
def earlier_assessor(facts: Facts) -> Iterator[Said]:
    """Whoever assessed the earlier attempt does not assess again unless a superior says so."""
    for attempt in facts.assessed:
        if attempt.person == facts.person and attempt.candidate in facts.matter.candidates and attempt.on < facts.matter.on:
            yield Said({"candidate": facts.name(attempt.candidate), "date": attempt.on.isoformat()})


@rule(
    "recusal.dispute",
    _("Dispute with a candidate"),
    _("%(person)s is in dispute with %(other)s."),
    basis=_STEP_BACK,
    remedy=_ANSWER,
    severity="decide",
)
def dispute(facts: Facts) -> Iterator[Said]:
    """Whoever is in dispute with a candidate, an employer of candidates or the body inspected does not judge them."""
    touched = facts.matter.candidates | facts.matter.employers | facts.matter.inspected
    for quarrel in facts.disputed:
        goes_on = quarrel.since <= facts.matter.on and (quarrel.until is None or facts.matter.on <= quarrel.until)
        if quarrel.person == facts.person and quarrel.other in touched and goes_on:
            yield Said({"other": quarrel.other_name}, private=("other",))


# --------------------------------------------------------------------------------------------- II. examination and training apart


@rule(
    "recusal.trained_for_item",
    _("Trained for this item"),
    _(
        "%(person)s took part in training for %(family)s organised by %(organiser)s until %(ended)s; "
        "the cooling-off period ends on %(until)s."
    ),
    basis=_COOLING_OFF,
    capacities=EXAM_WORK,
)
def trained_for_item(facts: Facts) -> Iterator[Said]:
    """Nobody sets, guards or marks what they trained for within the cooling-off period."""
    for training in facts.trainings:
        if training.person != facts.person or training.family not in facts.matter.all_families:
            continue
        params = {"family": training.family, "organiser": training.organisation_name}
        if training.since > facts.matter.on:
            continue
        if training.until is None:
            yield Said({**params, "since": training.since.isoformat()}, None, _STILL_TRAINS, basis=_cooling_off(facts))
            continue
        until = years_after(training.until, facts.policy.cooloff_years)
        if facts.matter.on <= until:
            params |= {"ended": training.until.isoformat(), "until": until.isoformat()}
            yield Said(params, basis=_cooling_off(facts))


_STILL_TRAINS = _(
    "%(person)s has taken part since %(since)s in training for %(family)s organised by %(organiser)s, and it has not ended."
)


@rule(
    "recusal.wrote_material",
    _("Wrote training material"),
    _(
        "%(person)s wrote or edited “%(title)s” (%(published)s) for this examination; "
        "the cooling-off period ends on %(until)s."
    ),
    basis=_COOLING_OFF,
    capacities=EXAM_WORK,
)
def wrote_material(facts: Facts) -> Iterator[Said]:
    """Nobody sets, guards or marks what they wrote books or aids for within the cooling-off period."""
    for work in facts.authored:
        until = years_after(work.published_on, facts.policy.cooloff_years)
        applies = work.person == facts.person and work.family in facts.matter.all_families
        if applies and work.published_on <= facts.matter.on <= until:
            params = {"title": work.title, "published": work.published_on.isoformat(), "until": until.isoformat()}
            yield Said(params, basis=_cooling_off(facts))


@rule(
    "recusal.training_post",
    _("Post in a training body"),
    _("%(person)s holds a post in %(organisation)s, which trains for %(family)s."),
    basis=_SEPARATION,
    capacities=EXAM_WORK | OFFICE,
)
def training_post(facts: Facts) -> Iterator[Said]:
    """Nobody who holds a post in a training body works for an examination."""
    for post in _posts(facts, facts.person):
        if post.kind == "training_body":
            params = {"organisation": post.organisation_name}
            if facts.matter.all_families:
                yield Said({**params, "family": ", ".join(sorted(facts.matter.all_families))})
            else:
                yield Said(params, None, _("%(person)s holds a post in %(organisation)s, a training body."))


# ------------------------------------------------------------------------------------------------ III. what was declared or asked


@rule(
    "recusal.undeclared",
    _("No declaration"),
    _("%(person)s has not signed the declaration of interest for this event."),
    basis=_DECLARE,
    remedy=_("The person signs the declaration of interest, then ask again."),
    waivable=False,
    capacities=EXAM_WORK,
)
def undeclared(facts: Facts) -> Iterator[Said]:
    """Nobody works in an event before signing the declaration of interest for it."""
    event = facts.matter.event_id
    signed = any(
        one.person == facts.person and one.event_id == event and one.signed_on is not None for one in facts.declared
    )
    if event and not signed:
        yield Said({})


@rule(
    "recusal.declared_other",
    _("Other declared ground"),
    _("%(person)s declared: “%(text)s”."),
    basis=_DECLARE,
    remedy=_ANSWER,
    severity="decide",
)
def declared_other(facts: Facts) -> Iterator[Said]:
    """What a person declared of their own accord is answered by a superior."""
    for one in facts.declared:
        if one.person == facts.person and one.event_id == facts.matter.event_id and one.event_id:
            for text in one.grounds:
                yield Said({"text": text}, private=("text",))


@rule(
    "recusal.concealed",
    _("Concealed a ground"),
    _("%(person)s concealed a ground for recusal on %(date)s and may not serve until %(until)s."),
    basis=_CONCEALED,
    remedy=_NEVER,
    waivable=False,
    capacities=EXAM_WORK | OFFICE,
)
def concealed(facts: Facts) -> Iterator[Said]:
    """Whoever was proved to have hidden a ground does no examination work in that year and the next."""
    for proof in facts.concealed:
        until = bar_until(proof.proved_on)
        if proof.person == facts.person and proof.proved_on <= facts.matter.on <= until:
            yield Said({"date": proof.proved_on.isoformat(), "until": until.isoformat()})


@rule(
    "recusal.requested",
    _("Request pending"),
    _("A request for recusal of %(person)s, filed on %(date)s, is not yet decided."),
    basis=_DECLARE,
    remedy=_("Decide on the request first, or choose another person."),
    waivable=False,
)
def requested(facts: Facts) -> Iterator[Said]:
    """While a request for recusal is open, and after it was granted, the person stays out."""
    for request in facts.requested:
        here = request.event_id == facts.matter.event_id if request.event_id else request.body_id == facts.matter.body_id
        if request.person != facts.person or not here:
            continue
        if request.state == "filed":
            yield Said({"date": request.filed_on.isoformat()})
        elif request.state == "granted":
            day = (request.decided_on or request.filed_on).isoformat()
            yield Said({"date": day}, None, _("It was decided on %(date)s that %(person)s steps back."))


@rule(
    "recusal.match_doubt",
    _("Reported person not matched"),
    _("%(named)s, whom a report names without a number, may be %(who)s; it is not decided. If so: %(ground)s."),
    basis=_STEP_BACK,
    remedy=_("Decide who is meant, or choose another person."),
    severity="decide",
)
def match_doubt(facts: Facts) -> Iterator[Said]:
    """Whoever is reported by name alone and may be this person: whether it is so is decided before it would matter."""
    certain = facts.without_doubts() if facts.doubts else facts
    for doubt in facts.doubts:
        for ground in _grounds_if(doubt, certain):
            names = {"named": doubt.named, "who": facts.name(doubt.who), "ground": RULES.get(ground.id).title}
            yield Said(names, "disclose" if ground.severity == "disclose" else None)
    for kin in _kin_if_matched(facts):
        yield Said({"candidate": facts.name(kin)}, None, _MAY_BE_KIN, private=("candidate",))


_MAY_BE_KIN = _(
    "%(person)s is kin of candidate %(candidate)s if a relative declared by name alone is the person meant; it is not decided."
)


def _grounds_if(doubt: Doubt, certain: Facts) -> list[Objection]:
    """What the other rules would say besides, were the doubt true: one objection of each."""
    others = [entry for entry in RULES if entry.id != "recusal.match_doubt"]
    supposed = certain.with_facts(doubt.supposed)
    more = [[one for one in ask(entry, supposed) if one not in ask(entry, certain)] for entry in others]
    return [objections[0] for objections in more if objections]


def _kin_if_matched(facts: Facts) -> list[str]:
    """The candidates who are kin only if a relative declared by name alone is the person meant."""
    ids = {known.key: known.id for known in facts.known if known.id in facts.matter.candidates}
    if not any(edge.doubtful for edge in facts.kin):
        return []
    certain = {kin.other for kin in _kin(facts, set(ids))}
    return sorted(ids[kin.other] for kin in _kin(facts, set(ids), doubtful=True) if kin.other not in certain)


# --------------------------------------------------------------------------------------------------- IV. duties that exclude others


@rule(
    "duty.setter_reviewer",
    _("Set and reviewed"),
    _("%(person)s wrote question %(number)s and may not review or approve it."),
    basis=_TWO_PEOPLE,
    remedy=_ANOTHER,
    waivable=False,
    capacities=frozenset({"reviewer", "question_approver", "paper_approver"}),
)
def setter_reviewer(facts: Facts) -> Iterator[Said]:
    """Setting, reviewing and approving a question, and assembling and approving a paper, are works of different people."""
    for hand in facts.hands:
        if hand.person != facts.person:
            continue
        on_question = bool(hand.question) and hand.question in facts.matter.question_ids
        if on_question and hand.part == "set" and facts.capacity in ("reviewer", "question_approver"):
            yield Said({"number": hand.number})
        elif on_question and hand.part == "reviewed" and facts.capacity == "question_approver":
            yield Said({"number": hand.number}, None, _("%(person)s reviewed question %(number)s and may not approve it."))
        elif hand.part == "assembled" and hand.paper in facts.matter.paper_ids and facts.capacity == "paper_approver":
            yield Said({"number": hand.number}, None, _("%(person)s assembled paper %(number)s and may not approve it."))


@rule(
    "duty.setter_guard",
    _("Set and guarded"),
    _("%(person)s set or reviewed questions of paper %(paper)s and may not guard it."),
    basis=_TWO_PEOPLE,
    remedy=_ANOTHER,
    capacities=GUARDING,
)
def setter_guard(facts: Facts) -> Iterator[Said]:
    """Whoever knows the questions of a paper neither keeps it nor guards the room in which it is sat."""
    for number, severity in _papers_known(facts):
        yield Said({"paper": number}, severity)


@rule(
    "duty.setter_marker",
    _("Set and marked"),
    _("%(person)s wrote questions of paper %(paper)s and may not mark it."),
    basis=_TWO_PEOPLE,
    remedy=_ANOTHER,
    capacities=frozenset({"marker", "assessor"}),
)
def setter_marker(facts: Facts) -> Iterator[Said]:
    """Whoever set or reviewed questions of a paper does not mark it."""
    for number, severity in _papers_known(facts):
        yield Said({"paper": number}, severity)


@rule(
    "duty.incompatible",
    _("Incompatible capacities"),
    _("%(person)s already serves as %(held)s; this excludes %(wanted)s."),
    basis=_("%(exclusion)s"),
    remedy=_("Choose another person, or end the other capacity first."),
    waivable=False,
)
def incompatible(facts: Facts) -> Iterator[Said]:
    """Two capacities that exclude one another are never held by one person."""
    scopes = {"", facts.matter.event_id, facts.matter.body_id}
    for capacity in sorted({held.capacity for held in facts.held if held.person == facts.person and held.scope in scopes}):
        basis = excludes(capacity, facts.capacity)
        if basis:
            yield Said({"held": title(capacity), "wanted": title(facts.capacity)}, basis={"exclusion": basis})


@rule(
    "duty.one_employer",
    _("Room held by one employer"),
    _("With %(person)s, all who serve in %(room)s would be employed by %(organisation)s."),
    basis=_BODY_RULES,
    remedy=_("Put somebody of another employer into the room."),
    severity="decide",
    capacities=frozenset({"invigilator", "assessor", "identity_officer"}),
)
def one_employer(facts: Facts) -> Iterator[Said]:
    """The staff of one room never all come from one employer, and least of all from a candidate's."""
    others = facts.matter.colleagues - {facts.person}
    if not others:
        return
    common = {post.organisation: post.organisation_name for post in _posts(facts, facts.person)}
    for other in others:
        theirs = {post.organisation for post in _posts(facts, other)}
        common = {id: name for id, name in common.items() if id in theirs}
    candidates = facts.matter.candidates
    sends = facts.matter.employers | {post.organisation for one in candidates for post in _posts(facts, one)}
    for organisation, name in sorted(common.items()):
        if organisation != facts.matter.body_id:
            room = facts.matter.room or _("the room")
            yield Said({"room": room, "organisation": name}, "block" if organisation in sends else None)


@rule(
    "duty.untrained",
    _("Annual training expired"),
    _("The annual training of %(person)s for %(capacity)s expired on %(date)s."),
    basis=_BODY_RULES,
    remedy=_("Record the new annual training, or choose another person."),
    capacities=EXAM_WORK,
)
def untrained(facts: Facts) -> Iterator[Said]:
    """Whose annual training for the duty has run out does not serve."""
    ends = [one.until for one in facts.duty_trainings if one.person == facts.person and one.capacity == facts.capacity]
    if ends and max(ends) < facts.matter.on:
        yield Said({"capacity": title(facts.capacity), "date": max(ends).isoformat()})


@rule(
    "duty.rotation",
    _("Same pair too often"),
    _("%(person)s and %(other)s served together %(n)s times in 12 months in %(place)s."),
    basis=_BODY_RULES,
    remedy=_ANSWER,
    severity="decide",
    capacities=frozenset({"invigilator", "assessor"}),
)
def rotation(facts: Facts) -> Iterator[Said]:
    """The same two people do not guard the same place again and again."""
    since = years_before(facts.matter.on, 1)
    days = {(pair.other, pair.other_name, pair.place, pair.on) for pair in facts.served if pair.person == facts.person}
    recent = Counter(day[:3] for day in days if day[0] in facts.matter.colleagues and since <= day[3] < facts.matter.on)
    for (_other, name, place), times in sorted(recent.items()):
        if times >= facts.policy.rotation_times:
            yield Said({"other": name, "n": times, "place": place})


# ------------------------------------------------------------------------------------------------------------ V. supervision


@rule(
    "recusal.body_interest",
    _("Interest in the body"),
    _("%(person)s has a tie with %(organisation)s: %(tie)s."),
    basis=_OVERSIGHT,
    remedy=_ANOTHER,
    capacities=OVERSIGHT,
)
def body_interest(facts: Facts) -> Iterator[Said]:
    """Nobody inspects a body in which they serve, served within the cooling-off period, or for which they trained."""
    for organisation, name, tie, until in _ties(facts):
        ended = until is not None and facts.matter.on > years_after(until, facts.policy.cooloff_years)
        if organisation in facts.matter.inspected and not ended:
            yield Said({"organisation": name, "tie": tie}, private=("tie",))


@rule(
    "recusal.complaint_party",
    _("Party to the complaint"),
    _("%(person)s took part in the matter complained of (%(number)s)."),
    basis=_DECLARE,
    remedy=_ANOTHER,
    waivable=False,
)
def complaint_party(facts: Facts) -> Iterator[Said]:
    """Nobody handles a complaint about a matter in which they took part."""
    for part in facts.complaints:
        if part.person == facts.person and part.complaint_id and part.complaint_id == facts.matter.complaint_id:
            yield Said({"number": part.number})


# ---------------------------------------------------------------------------------------------------------- how facts are read


def _kin(facts: Facts, keys: set[str], *, doubtful: bool = False) -> Iterator[kinship.Kin]:
    """Kin among the keys, by what is certain; `doubtful` takes in relatives declared by name who may be the person meant."""
    if keys.isdisjoint(key for edge in facts.kin for key in (edge.person, edge.relative)):
        return iter(())
    edges: Iterable[KinEdge] = [edge for edge in facts.kin if doubtful or not edge.doubtful]
    graph = kinship.graph_of(edges, {person.key: person.sex for person in facts.known})
    return kinship.kin_of(facts.key(facts.person), keys, graph)


def _posts(facts: Facts, person: str) -> list[Employment]:
    """The posts a person holds on the day."""
    return [post for post in facts.employments if post.person == person and post.on(facts.matter.on)]


def _severity_of_employer(facts: Facts) -> Severity | None:
    """Assessors, and everybody at practical and oral tests, are blocked; setters' ties are shown; the rest must be answered."""
    if facts.capacity == "assessor" or facts.matter.form in ("practical", "oral"):
        return "block"
    return "disclose" if facts.capacity in SETTING else None


def _papers_known(facts: Facts) -> list[tuple[str, Severity | None]]:
    """The papers of this matter whose questions the person set or reviewed (objection) or assembled or approved (to decide)."""
    known: dict[str, Severity | None] = {}
    for hand in facts.hands:
        if hand.person != facts.person or not _is_of(hand, facts.matter):
            continue
        knows_questions = hand.part in ("set", "reviewed")
        known[hand.number] = None if knows_questions or known.get(hand.number, "decide") is None else "decide"
    return sorted(known.items(), key=lambda paper: paper[0])


def _is_of(hand: Hand, matter: Matter) -> bool:
    """The paper is named by the matter, or is sat in its event for one of its items: who plans duties knows no papers."""
    sat_here = bool(hand.event) and hand.event == matter.event_id and (not matter.all_families or hand.family in matter.all_families)
    return hand.paper in matter.paper_ids or sat_here


def _cooling_off(facts: Facts) -> dict[str, Any]:
    return {"years": facts.policy.cooloff_years, "source": facts.policy.cooloff_source}


def _ties(facts: Facts) -> Iterator[tuple[str, str, str, date | None]]:
    for post in facts.employments:
        if post.person == facts.person:
            yield post.organisation, post.organisation_name, post.post or _("a post"), post.until
    for training in facts.trainings:
        if training.person == facts.person:
            yield training.organisation, training.organisation_name, _("training"), training.until
    for tie in facts.ties:
        if tie.person == facts.person:
            yield tie.organisation, tie.organisation_name, tie.tie, tie.until
