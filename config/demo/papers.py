"""The paper: written by setters, reviewed and approved by others, drawn from a blueprint, sealed for two custodians."""

from __future__ import annotations

from config.demo.questions import SOURCE, blueprint_rows, drafts
from config.demo.world import World
from question_bank.assembly import actions as assembly
from question_bank.blueprints import actions as blueprints
from question_bank.papers import actions as papers
from question_bank.papers.keys import Cost
from question_bank.questions import actions as questions
from question_bank.review import actions as review

FAMILIES = ("UT", "MT")
PASSPHRASES = ("湖山有约 correct horse 一", "江水东流 battery staple 二")
# The demo's two keys are derived with little work; real ones take the default.
CHEAP = Cost()


def bank(world: World) -> None:
    """Letters of secrecy, then questions: each written by one, reviewed by another, approved by a third."""
    for capacity, number in [
        ("setter", 0),
        ("setter", 1),
        ("setter", 2),
        ("reviewer", 0),
        ("question_approver", 0),
        ("assembler", 0),
        ("paper_approver", 0),
        ("custodian", 0),
        ("custodian", 1),
    ]:
        questions.sign_letter(by=world.actor(capacity, number))
    reviewer, approver = world.actor("reviewer"), world.actor("question_approver")
    setters = [world.actor("setter", number) for number in range(3)]
    todo = [(family, draft) for family in FAMILIES for draft in drafts(family, world.seed)]
    for number, (family, draft) in enumerate(world.progress.each(todo, "questions")):
        # The third setter writes little; what he hides comes to light later.
        setter = setters[2] if number % 12 == 5 else setters[number % 2]
        version = questions.write_question(
            by=setter, family=family, kind=draft.kind, stem=draft.stem, choices=draft.choices, key=draft.key, unit=draft.unit,
            marks=draft.marks, difficulty=draft.difficulty, source=SOURCE,
        )  # fmt: skip
        question = questions.submit_question(by=setter, question=version.question)
        review.review_question(by=reviewer, question=question, verdict="recommend")
        question.refresh_from_db()
        review.approve_question(by=approver, question=question)


def assembled(world: World) -> None:
    """One blueprint and one paper for each family, approved by somebody else than the assembler."""
    assembler, approver = world.actor("assembler"), world.actor("paper_approver")
    world.things["papers"] = {}
    for family in FAMILIES:
        blueprint = blueprints.make_blueprint(
            by=assembler, family=family, title=f"{family}-Ⅱ 双向细目表（示例）", rows=blueprint_rows(), minutes=30
        )
        paper = assembly.draw_paper(
            by=assembler, blueprint=blueprint, slot_ids=[world.things["slots"][family].pk], seed=f"demo-{world.seed}-{family}"
        )
        assembly.approve_paper(by=approver, paper=paper)
        world.things["papers"][family] = paper


def sealed(world: World) -> None:
    """The plain text is gone; only two custodians together, inside the window, can have it back."""
    for number, phrase in enumerate(PASSPHRASES):
        papers.enrol_custodian_key(by=world.actor("custodian", number), passphrase=phrase, cost=CHEAP)
    for family, paper in world.things["papers"].items():
        slot = world.things["slots"][family]
        paper.refresh_from_db()
        papers.seal_paper(
            by=world.actor("custodian"),
            paper=paper,
            custodians=world.staff["custodian"],
            opens_at=world.things["opens_at"],
            closes_at=slot.ends_at,
        )


def opened(world: World) -> None:
    """On the day, inside the window, two custodians."""
    for paper in world.things["papers"].values():
        paper.refresh_from_db()
        for number, phrase in enumerate(PASSPHRASES):
            papers.approve_opening(by=world.actor("custodian", number), paper=paper, passphrase=phrase)
