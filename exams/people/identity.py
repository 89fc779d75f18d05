"""Identity: what a document number says and whether it can be one, how a name is kept and compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
PROVINCES = frozenset(
    {"11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43"}
    | {"44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83"}
)
# Kin may be of any age; who sits, guards or marks is grown up. Neither end is a figure of the regulation.
ANY_AGE = (0, 120)
GROWN_UP = (16, 100)
LONGEST_NAME = 60

BASIS = _("GB 11643-1999, citizen identification number")


@dataclass(frozen=True)
class Document:
    """A number as read: what it says, what speaks against it, and what is only odd."""

    number: str
    birth_date: date | None = None
    sex: str = ""
    objections: tuple[Objection, ...] = ()
    warnings: tuple[Objection, ...] = field(default=())


def tidy(number: str) -> str:
    """A number as it is kept: half-width capitals without blanks, as people and workbooks write it otherwise."""
    text = unicodedata.normalize("NFKC", number or "")
    return re.sub(r"[\s\u200b\u200e\u200f\ufeff'\-]", "", text).upper()


def read(document_type: str, number: str, today: date, ages: tuple[int, int] = GROWN_UP) -> Document:
    """Read a number of the given kind of document."""
    text = tidy(number)
    if not text:
        return Document("", objections=(_objection("identity.empty", _("Enter the number of the document.")),))
    reader = _READERS.get(document_type)
    if reader is None:
        return Document(text, objections=(_objection("identity.type", _("This kind of document is not known.")),))
    return reader(text, today, ages)


def check_character(first_17: str) -> str:
    """The last character that belongs to the first 17 digits (ISO 7064, MOD 11-2)."""
    return CHECK[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_17, strict=True)) % 11]


def _objection(id: str, message: str, remedy: str = "", basis: str = BASIS, **params: object) -> Objection:
    return Objection(id, message, dict(params), basis, remedy)


def _resident(text: str, today: date, ages: tuple[int, int]) -> Document:
    """18 characters: region, date of birth, sequence (odd: male), check character."""
    shape = _shape_of_resident(text)
    if shape is not None:
        return Document(text, objections=(shape,))
    warnings = ()
    if text[:2] not in PROVINCES:
        warnings = (
            Objection(
                "identity.region",
                _("The first two digits, %(region)s, are no province known here. Compare with the document."),
                {"region": text[:2]},
                BASIS,
                severity="disclose",
            ),
        )
    born, objections = _birth(text[6:14], today, ages)
    if check_character(text[:17]) != text[17]:
        message = _("Enter an 18-character identity number; the last character does not fit.")
        objections = (*objections, _objection("identity.check_character", message, remedy=_("Compare with the document.")))
    sex = "male" if int(text[16]) % 2 else "female"
    return Document(text, born, sex, objections, warnings)


def _shape_of_resident(text: str) -> Objection | None:
    if re.fullmatch(r"[0-9.]+E\+?[0-9]+", text):
        return _objection(
            "identity.stored_as_figure",
            _("The number was stored as a figure and its last digits are lost."),
            remedy=_("Format the column as text and enter the number again."),
        )
    if re.fullmatch(r"[0-9]{15}", text):
        return _objection(
            "identity.fifteen_digits",
            _("Identity numbers of 15 digits have not been valid since 2013."),
            remedy=_("Enter the 18 characters of the present card."),
        )
    if len(text) < 18:
        return _objection(
            "identity.too_short", _("%(missing)s characters are missing: 18 expected, %(given)s given."),
            missing=18 - len(text), given=len(text),
        )  # fmt: skip
    if len(text) > 18:
        return _objection(
            "identity.too_long", _("%(extra)s characters too many: 18 expected, %(given)s given."),
            extra=len(text) - 18, given=len(text),
        )  # fmt: skip
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return _objection("identity.characters", _("An identity number has 17 digits and, last, a digit or X."))
    return None


def _birth(digits: str, today: date, ages: tuple[int, int]) -> tuple[date | None, tuple[Objection, ...]]:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        message = _("The number contains the date of birth %(date)s, which does not exist.")
        shown = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
        return None, (_objection("identity.no_such_date", message, date=shown),)
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if ages[0] <= age <= ages[1]:
        return born, ()
    message = _("By its number the person is %(age)s years old; from %(youngest)s to %(oldest)s is possible here.")
    return born, (_objection("identity.age", message, basis="", age=age, youngest=ages[0], oldest=ages[1]),)


def _foreign_permanent(text: str, today: date, ages: tuple[int, int]) -> Document:
    """Since 2023: 18 characters beginning with 9 and checked like a resident's; before: three letters and 12 digits."""
    if re.fullmatch(r"9[0-9]{16}[0-9X]", text):
        read_as = _resident(text, today, ages)
        return Document(text, read_as.birth_date, read_as.sex, read_as.objections)
    return _patterned(r"[A-Z]{3}[0-9]{12}")(text, today, ages)


def _patterned(pattern: str) -> Callable[[str, date, tuple[int, int]], Document]:
    def reader(text: str, today: date, ages: tuple[int, int]) -> Document:
        if re.fullmatch(pattern, text):
            return Document(text)
        message = _("The number does not have the form of this kind of document.")
        return Document(text, objections=(_objection("identity.form", message, basis="", remedy=_("Compare with the document.")),))

    return reader


_READERS: dict[str, Callable[[str, date, tuple[int, int]], Document]] = {
    "resident_id": _resident,
    "passport": _patterned(r"[A-Z0-9]{5,14}"),
    "hong_kong_macao": _patterned(r"[HM][0-9]{8}([0-9]{2})?"),
    "taiwan": _patterned(r"[0-9]{8}([0-9]{2})?"),
    "foreign_permanent": _foreign_permanent,
    "military": _patterned(r"[\u4e00-\u9fff]{1,3}字第[0-9]{6,9}号"),
}

_DOTS = "\u2022\u2027\u30fb\uff65\u22c5\u2219\u318d\uff0e"
_DOT = "\u00b7"


def proper_name(name: str) -> str:
    """A name as registered: composed (NFC), rare characters untouched, one kind of middle dot, no stray blanks."""
    text = unicodedata.normalize("NFC", name or "")
    text = re.sub("[\u200b\u200e\u200f\u2060\ufeff]", "", text)
    text = re.sub(f"[{_DOTS}]", _DOT, text)
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"(?<=[^\x00-\u024f])\s(?=[^\x00-\u024f])", "", text)


def name_objections(name: str) -> tuple[Objection, ...]:
    """What speaks against a name: nothing in it, rubbish in it, or too long."""
    text = proper_name(name)
    if not text:
        return (Objection("identity.no_name", _("Enter the name as it stands on the document.")),)
    if len(text) > LONGEST_NAME:
        return (Objection("identity.long_name", _("A name has at most %(most)s characters."), {"most": LONGEST_NAME}),)
    strange = sorted({character for character in text if not _may_stand_in_a_name(character)})
    if strange or not any(unicodedata.category(character)[0] == "L" or _private(character) for character in text):
        shown = " ".join(f"U+{ord(character):04X}" for character in strange) or text
        message = _("The name contains characters that no name has: %(characters)s.")
        return (Objection("identity.strange_name", message, {"characters": shown}),)
    return ()


def _private(character: str) -> bool:
    """Old registers keep rare characters in the private use area; they are names all the same."""
    return unicodedata.category(character) == "Co"


def _may_stand_in_a_name(character: str) -> bool:
    if character in f" {_DOT}-'\u2019.":
        return True
    if "\U00020000" <= character <= "\U0003fffd":  # ideographs, even those newer than this Python
        return True
    # Mn: variation selectors, which choose the shape of a rare character.
    return unicodedata.category(character) in {"Lu", "Ll", "Lt", "Lo", "Lm", "Mn", "Mc", "Co"}


def compared_name(name: str) -> str:
    """The key by which two spellings of one name are equal; for comparing only, never shown."""
    text = unicodedata.normalize("NFKC", proper_name(name)).casefold()
    text = "".join(character for character in text if not _selector(character))
    return re.sub(rf"[\s{_DOT}.\-'\u2019]", "", text)


def _selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def proper_phone(phone: str) -> str:
    """A telephone number as kept: half-width, without blanks and the country's own prefix."""
    text = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", phone or ""))
    return re.sub(r"^(\+86|0086)(?=1[0-9]{10}$)", "", text)


def phone_objections(phone: str) -> tuple[Objection, ...]:
    if re.fullmatch(r"1[3-9][0-9]{9}|0[0-9]{9,11}|\+[0-9]{7,15}", proper_phone(phone)):
        return ()
    return (Objection("identity.phone", _("Enter a mobile number of 11 digits, or a number with its area code.")),)


def credit_code_objections(code: str) -> tuple[Objection, ...]:
    """The unified social credit code: 18 characters, the last one a check (GB 32100-2015, MOD 31)."""
    text = tidy(code)
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    basis = _("GB 32100-2015, unified social credit code")
    if len(text) != 18 or any(character not in alphabet for character in text):
        message = _("A unified social credit code has 18 digits and capital letters, without I, O, S, V and Z.")
        return (Objection("identity.credit_code", message, {}, basis),)
    total = sum(alphabet.index(character) * pow(3, place, 31) for place, character in enumerate(text[:17]))
    if alphabet[(31 - total % 31) % 31] != text[17]:
        return (Objection("identity.credit_code_check", _("The last character of the credit code does not fit."), {}, basis),)
    return ()
