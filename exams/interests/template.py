"""The workbooks of reports: courses with teachers and trainees, works with authors, posts, relatives from signed forms."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from exams.catalogue.queries import families
from exams.documents import bilingual
from exams.documents.sheets import CHOICE, CODE, DATE, TEXT, Sheet, Template
from exams.interests.models import ReportBatch, TrainingEngagement
from exams.people import relations
from exams.people.models import Person
from exams.verdicts import gettext_noop as _

VERSION = "1"
YES_NO = {"yes": _("Yes"), "no": _("No")}

_NO_NUMBER = _("As text. Without it nobody is matched by the name alone: somebody has to decide who is meant.")
# key, Chinese head, English head, kind, required, example, what to write
WHO = (
    ("name", "姓名", "Name", TEXT, True, "王五", _("As on the identity document, rare characters unchanged.")),
    ("document_type", "证件类型", "Document", CHOICE, False, "", _("Empty means resident identity card.")),
    ("id_number", "证件号码", "Identity number", CODE, False, "110101199001011237", _NO_NUMBER),
    ("birth_date", "出生日期", "Date of birth", DATE, False, "1990-01-01", _("Where the number is not known.")),
)
PERIOD = (
    ("since", "开始日期", "From", DATE, True, "2026-03-02", ""),
    ("until", "结束日期", "Until", DATE, False, "2026-03-13", _("Last day. Empty while it goes on.")),
)
OWN_PERIOD = (
    ("since", "任教开始日期", "Taught from", DATE, False, "", _("Only where it differs from the course.")),
    ("until", "任教结束日期", "Taught until", DATE, False, "", _("Only where it differs from the course.")),
)
NUMBER = ("number", "培训班编号", "Course number", TEXT, True, "PX-2026-01", _("Each course once; teachers and trainees name it."))
OF_COURSE = ("course", "培训班编号", "Course number", TEXT, True, "PX-2026-01", _("A course of the first sheet."))
FAMILY = ("family", "项目类别", "Item family", CHOICE, True, "", _("For which examination it was."))
ORGANISER = ("organiser", "举办单位统一社会信用代码", "Organiser’s credit code", CODE, False, "", _("Empty means your own organisation."))

COURSES = (NUMBER, ("title", "培训班名称", "Course", TEXT, True, "超声检测Ⅱ级培训班", ""), FAMILY, *PERIOD, ORGANISER)
TEACHERS = (OF_COURSE, *WHO, ("role", "承担工作", "Part taken", CHOICE, False, "", _("Empty means lecturer.")), *OWN_PERIOD)
TRAINEES = (OF_COURSE, *WHO)
WORKS = (
    ("title", "资料名称", "Title", TEXT, True, "超声检测讲义", _("A book, an aid or other material written for the examination.")),
    FAMILY,
    ("published_on", "出版（印发）日期", "Published on", DATE, True, "2025-05-01", ""),
    *WHO,
)
POSTS = (*WHO, ("post", "岗位（职务）", "Post", TEXT, False, "检验员", ""), *PERIOD)
KIN = (
    ("person_name", "工作人员姓名", "Name of the staff member", TEXT, True, "王五", ""),
    ("person_number", "工作人员证件号码", "Identity number of the staff member", CODE, True, "110101199001011237", _("As text.")),
    ("relation", "亲属关系", "The relative is the person’s", CHOICE, True, "", _("As the person wrote on the signed form.")),
    ("name", "亲属姓名", "Name of the relative", TEXT, True, "王小五", ""),
    ("document_type", "亲属证件类型", "Document of the relative", CHOICE, False, "", _("Empty means resident identity card.")),
    ("id_number", "亲属证件号码", "Identity number of the relative", CODE, False, "", _NO_NUMBER),
    ("birth_date", "亲属出生日期", "Date of birth of the relative", DATE, False, "", _("Where the number is not known.")),
    ("support", "形成抚养关系", "Support relation", CHOICE, False, "", _("Step-parents and stepchildren only.")),
    ("paper", "本人签字的申报表", "Form the person signed", TEXT, True, "2026年第3号", _("Which signed form this is taken from.")),
)


def template_for(kind: str, language: str = "") -> Template:
    """The template of one kind of report; heads are recognised in either language, printed in the reader's."""
    order = bilingual.order_for(language)
    choices = {
        "document_type": bilingual.labels(dict(Person.DocumentType.choices), order),
        "family": _families(order),
        "role": bilingual.labels(dict(TrainingEngagement.Role.choices), order),
        "relation": bilingual.labels(relations.TITLES, order),
        "support": bilingual.labels(YES_NO, order),
    }
    return bilingual.template(f"interests.{kind}", VERSION, _sheets(kind, choices, order), order)


def _sheets(kind: str, choices: dict[str, Any], order: list[str]) -> list[Sheet]:
    if kind == ReportBatch.Kind.COURSES:
        return [
            bilingual.sheet("courses", ("培训班", "Courses"), COURSES, choices, order),
            bilingual.sheet("teachers", ("师资", "Teachers"), TEACHERS, choices, order, required=False),
            bilingual.sheet("trainees", ("学员", "Trainees"), TRAINEES, choices, order, required=False),
        ]
    titles, lines = {
        ReportBatch.Kind.WORKS: (("教材教辅", "Works"), WORKS),
        ReportBatch.Kind.POSTS: (("任职", "Posts"), POSTS),
        ReportBatch.Kind.KIN: (("亲属", "Relatives"), KIN),
    }[ReportBatch.Kind(kind)]
    return [bilingual.sheet(kind, titles, lines, choices, order)]


def _families(order: list[str]) -> dict[str, tuple[str, ...]]:
    """Item families by id, each as “UT Ultrasonic testing” in both languages; the id alone is understood too."""
    found: dict[str, list[str]] = {}
    for language in order:
        with translation.override(language):
            for id, name in families().items():
                found.setdefault(id, []).append(f"{id} {name}")
    return {id: tuple(dict.fromkeys([*names, id])) for id, names in found.items()}
