"""Words of compulsory training, fees and textbooks in texts for applicants (R-13). Pure: no Django, no database."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

BASIS = _("Administrative Licensing Law, Art. 54: no compulsory training, no prescribed textbooks or aids")
REFUSE, LOOK, NONE = "refuse", "look", "none"
_WEIGHS = {NONE: 0, LOOK: 1, REFUSE: 2}
START = Path(__file__).parent / "data" / "words.toml"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# So close before a word that it denies it: "不收取培训费", "no training fee".
_DENIES = re.compile(r"(不(得|收|收取|再|会|需|须|应|举办|组织|设|要求|指定|推荐|参加|必)*|无须?需?|没有|未|禁止|严禁|勿|免)$")
_DENIES_LATIN = re.compile(r"\b(no|not|not any|never|without|neither|nor|free of)( a| an| any| the)?$")
_BEFORE, _AROUND = 12, 14


@dataclass(frozen=True)
class Word:
    """One word with its weight and its source."""

    text: str
    weight: str
    source: str


@dataclass(frozen=True)
class Text:
    """A text an applicant reads: what it is called (a msgid) and what it says."""

    place: str
    text: str


@dataclass(frozen=True)
class Hit:
    """A word in a text, with what stands around it."""

    word: Word
    place: str
    near: str
    weight: str
    digest: str


@cache
def start_list() -> tuple[Word, ...]:
    """The words everybody starts from."""
    lists = tomllib.loads(START.read_text(encoding="utf-8"))["list"]
    return tuple(Word(text, weight, one["source"]) for one in lists for weight in (REFUSE, LOOK) for text in one.get(weight, ()))


def together(start: Iterable[Word], of_authority: Iterable[Word], of_body: Iterable[Word]) -> list[Word]:
    """The words in force: the authority may change any of them, a body may only add to them or make them weigh more."""
    found = {_even(word.text): word for word in start}
    found |= {_even(word.text): word for word in of_authority}
    for word in of_body:
        known = found.get(_even(word.text))
        if known is None or _WEIGHS[word.weight] > _WEIGHS[known.weight]:
            found[_even(word.text)] = word
    return [word for word in found.values() if word.weight != NONE]


def hits(texts: Iterable[Text], words: Iterable[Word]) -> list[Hit]:
    """Every word that stands in a text, once for each text, whatever blanks, widths or invisible signs are put between its signs."""
    asked = list(words)
    return [hit for text in texts for word in asked if (hit := _hit(text, word))]


def _hit(text: Text, word: Word) -> Hit | None:
    """The gravest place of the word in the text: one that no negation stands before, else the first."""
    even, wanted = _even(text.text, _latin(word.text)), _even(word.text)
    starts = [match.start() for match in re.finditer(re.escape(wanted), even)] if wanted else []
    if not starts:
        return None
    plain = [at for at in starts if not _denied(even[max(0, at - _BEFORE) : at], wanted)]
    at = (plain or starts)[0]
    near = even[max(0, at - _AROUND) : at + len(wanted) + _AROUND].strip()
    weight = word.weight if plain else LOOK
    return Hit(word, text.place, near, weight, hashlib.sha256(f"{text.place}\n{text.text}\n{wanted}".encode()).hexdigest())


def _denied(before: str, wanted: str) -> bool:
    return bool(_DENIES_LATIN.search(before.rstrip()) if _latin(wanted) else _DENIES.search(before))


def _latin(text: str) -> bool:
    return text.isascii()


def _even(text: str, latin: bool | None = None) -> str:
    """One width, one case, nothing invisible; between Chinese signs no blanks or dots, between Latin words one blank."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    if _latin(text) if latin is None else latin:
        return re.sub(r"\s+", " ", plain).strip()
    return re.sub(r"[\s·・.\-_*|/“”\"'「」]", "", plain)


def objections(found: Iterable[Hit], accepted: Iterable[str] = ()) -> Iterator[Objection]:
    """One for each word and place: refused outright, or to be looked at by a superior unless that was done for this very text."""
    seen = set(accepted)
    for hit in found:
        params = {"word": hit.word.text, "place": hit.place, "near": hit.near, "source": hit.word.source}
        if hit.weight == REFUSE:
            yield Objection(
                "programme.forbidden_words",
                _("%(place)s says “%(word)s” (“…%(near)s…”). No training, fee or textbook may be a condition."),
                params,
                _("Administrative Licensing Law, Art. 54; source of the word: %(source)s"),
                _("Take it out. Nobody can set this aside."),
            )
        elif hit.digest not in seen:
            yield Objection(
                "programme.words_to_look_at",
                _("%(place)s says “%(word)s” (“…%(near)s…”). Somebody has to look whether it makes training or a textbook a condition."),
                params,
                _("Administrative Licensing Law, Art. 54; source of the word: %(source)s"),
                _("Take it out, or the head of the body says why nothing is made compulsory by it."),
                "decide",
            )
