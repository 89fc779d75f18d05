"""The workbook for applications: its sheets and columns, in both languages, with the items of one event as a drop-down."""

from __future__ import annotations

from exams.applications.models import CATEGORIES
from exams.catalogue.rulebook import EDUCATION_LABELS
from exams.documents import bilingual
from exams.documents.sheets import CHOICE, CODE, DATE, NUMBER, TEXT, Template
from exams.people.models import Person
from exams.programme.models import Event
from exams.verdicts import gettext_noop as _

KIND = "applications"
VERSION = "1"

YES_NO = {"yes": _("Yes"), "no": _("No")}
COLOUR = {"yes": _("Normal"), "no": _("Colour blind")}

# key, Chinese head, English head, kind, required, example, what to write
CANDIDATES = (
    ("name", "姓名", "Name", TEXT, True, "王五", _("As on the identity document, rare characters unchanged.")),
    ("document_type", "证件类型", "Document", CHOICE, False, "", _("Empty means resident identity card.")),
    ("id_number", "证件号码", "Identity number", CODE, True, "110101199001011237", _("As text; a figure has lost its last digits.")),
    ("phone", "手机号码", "Phone", CODE, True, "13800000000", _("As text.")),
    ("item", "项目代号", "Item code", CHOICE, True, "", _("One of the items of this event.")),
    ("category", "应试人员类别", "Category", CHOICE, True, "", _("First certification, retake or renewal.")),
    ("education", "学历", "Education", CHOICE, True, "", _("Highest completed.")),
    ("school", "毕业院校", "School", TEXT, False, "", ""),
    ("education_number", "学历证书编号", "Number of the education certificate", CODE, False, "", _("As text; CHSI is asked with it.")),
    ("graduated_on", "毕业日期", "Graduated on", DATE, False, "2012-06-30", ""),
    ("major", "专业", "Major", TEXT, False, "", ""),
    ("science", "是否理工科", "Science or engineering", CHOICE, False, "", ""),
    ("title", "职称", "Professional title", TEXT, False, "", _("Only if a title is claimed.")),
    ("title_number", "职称证书编号", "Number of the title certificate", CODE, False, "", ""),
    ("years", "相关工作年限", "Years of related work", NUMBER, True, "3", ""),
    ("employed_since", "入职日期", "Employed since", DATE, True, "2020-03-01", _("First day of the post with this employer.")),
    ("eyesight", "视力", "Eyesight", NUMBER, False, "5.0", _("Per GB 11533-2011, where the item asks for it.")),
    ("colour_vision", "辨色力", "Colour vision", CHOICE, False, "", ""),
)  # fmt: skip
PERFORMANCE = (
    ("id_number", "证件号码", "Identity number", CODE, True, "110101199001011237", _("Of a candidate of the first sheet.")),
    ("equipment", "设备", "Equipment", TEXT, True, "压力容器", ""),
    ("equipment_number", "设备编号", "Equipment number", CODE, False, "", ""),
    ("inspected_on", "检验日期", "Inspected on", DATE, True, "2026-03-11", _("Not later than today.")),
    ("report_number", "报告编号", "Report number", CODE, True, "BG-2026-0001", _("Each report once.")),
)  # fmt: skip


def template_for(event: Event, language: str = "") -> Template:
    """The template of one event; heads are recognised in either language, printed in the reader's."""
    order = bilingual.order_for(language)
    items = {item.qualification.code: item.qualification for item in event.items.select_related("qualification")}
    choices = {
        "document_type": bilingual.labels(dict(Person.DocumentType.choices), order),
        "item": {code: (code, f"{code} {item.name_zh}", item.name_zh) for code, item in items.items()},
        "category": bilingual.labels(CATEGORIES, order),
        "education": bilingual.labels(EDUCATION_LABELS, order),
        "science": bilingual.labels(YES_NO, order),
        "colour_vision": bilingual.labels(COLOUR, order),
    }
    sheets = (
        bilingual.sheet("candidates", ("考生", "Candidates"), CANDIDATES, choices, order),
        bilingual.sheet("performance", ("业绩", "Performance"), PERFORMANCE, {}, order, required=False),
    )
    return bilingual.template(KIND, VERSION, sheets, order)
