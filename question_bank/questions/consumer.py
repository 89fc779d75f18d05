"""The socket of the editor: saves words while they are typed, and asks the wall at every frame."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from channels.db import database_sync_to_async

from exams.appointments.consumer import GuardedConsumer
from exams.errors import NotPermitted, Refused, Stale
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _
from question_bank.questions.actions import TEXTS, save_draft
from question_bank.questions.models import Question

LONGEST_FRAME = 200_000
MOST_CHOICES = 20


class EditorConsumer(GuardedConsumer):
    """One question in one window. It receives words and answers with a revision; it never sends question text."""

    needs: ClassVar[str] = "questions.save"

    async def about(self) -> Question:
        """The question as it is now; an unknown one is an empty row that nobody may touch."""
        pk = self.scope["url_route"]["kwargs"]["pk"]
        return await Question.objects.filter(pk=pk).afirst() or Question(pk=pk)

    @classmethod
    async def decode_json(cls, text_data: str) -> Any:
        """Rubbish is an empty frame, not a crash."""
        try:
            return json.loads(text_data) if len(text_data) <= LONGEST_FRAME else None
        except (ValueError, RecursionError):
            return None

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Bytes are rubbish too."""
        await super().receive(text_data=text_data or "null", **kwargs)

    async def received(self, content: Any) -> None:
        """Save the words of a well-formed frame; answer what became of it."""
        frame = _frame(content)
        if frame is None:
            await self._refuse([Objection("questions.frame", _("This message cannot be read."), {}, "", _("Load the page again."))])
            return
        try:
            revision = await database_sync_to_async(self._save)(await self.about(), **frame)
        except Stale:
            await self.send_json({"type": "stale"})
        except Refused as refusal:
            await self._refuse(refusal.objections)
        except NotPermitted:
            await self._still_admitted()
        else:
            await self.send_json({"type": "saved", "revision": revision})

    def _save(self, question: Question, revision: int, texts: dict[str, str], choices: list[str] | None) -> int:
        return save_draft(by=self.actor, question=question, revision=revision, texts=texts, choices=choices).revision

    async def _refuse(self, objections: list[Objection]) -> None:
        text = await database_sync_to_async(lambda: " ".join(objection.text() for objection in objections))()
        await self.send_json({"type": "refused", "ids": [objection.id for objection in objections], "text": text})


def _frame(content: Any) -> dict[str, Any] | None:
    """A save frame, or None for anything that is not exactly one."""
    if not isinstance(content, dict) or content.get("type") != "save":
        return None
    revision, texts, choices = content.get("revision"), content.get("texts"), content.get("choices")
    if not isinstance(revision, int) or isinstance(revision, bool) or not 0 <= revision < 2**31:
        return None
    if not isinstance(texts, dict) or not all(name in TEXTS and isinstance(text, str) for name, text in texts.items()):
        return None
    listed = isinstance(choices, list) and len(choices) <= MOST_CHOICES and all(isinstance(choice, str) for choice in choices)
    if choices is not None and not listed:
        return None
    return {"revision": revision, "texts": texts, "choices": choices}
