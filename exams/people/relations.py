"""The relatives a person declares: the five classes of the law, in the words of the declaration form."""

from __future__ import annotations

from exams.verdicts import gettext_noop as _

BASIS = _("Civil Servant Law, Art. 74; recusal rules for public institutions (2019), Art. 6")

# Class by class, as the form lists them; what each leads to is derived from all declarations together.
CLASSES: tuple[tuple[str, dict[str, str]], ...] = (
    (_("Spouse"), {"husband": _("Husband"), "wife": _("Wife")}),
    (
        _("Direct blood relations"),
        {
            "father": _("Father"), "mother": _("Mother"), "son": _("Son"), "daughter": _("Daughter"),
            "paternal_grandfather": _("Paternal grandfather"), "paternal_grandmother": _("Paternal grandmother"),
            "maternal_grandfather": _("Maternal grandfather"), "maternal_grandmother": _("Maternal grandmother"),
            "grandson": _("Grandson"), "granddaughter": _("Granddaughter"),
        },
    ),
    (
        _("Collateral blood relations within three generations"),
        {
            "brother": _("Brother (also of the half blood)"), "sister": _("Sister (also of the half blood)"),
            "paternal_uncle": _("Father’s brother"), "paternal_aunt": _("Father’s sister"),
            "maternal_uncle": _("Mother’s brother"), "maternal_aunt": _("Mother’s sister"),
            "nephew": _("Nephew"), "niece": _("Niece"),
            "paternal_cousin": _("Cousin through father’s brother"),
            "maternal_cousin": _("Cousin through father’s sister or mother’s siblings"),
        },
    ),
    (
        _("Near affinity"),
        {
            "father_in_law": _("Spouse’s father"), "mother_in_law": _("Spouse’s mother"),
            "spouse_brother": _("Spouse’s brother"), "spouse_sister": _("Spouse’s sister"),
            "spouse_sibling_spouse": _("Spouse of the spouse’s brother or sister"),
            "son_in_law": _("Daughter’s husband"), "daughter_in_law": _("Son’s wife"),
            "child_spouse_parent": _("Parent of a child’s spouse"),
            "brother_wife": _("Brother’s wife"), "sister_husband": _("Sister’s husband"),
            "uncle_aunt_spouse": _("Wife or husband of an uncle or aunt"),
            "nephew_niece_spouse": _("Spouse of a nephew or niece"), "cousin_spouse": _("Spouse of a cousin"),
        },
    ),
    (
        _("Other kinship"),
        {
            "adoptive_father": _("Adoptive father"), "adoptive_mother": _("Adoptive mother"),
            "adopted_son": _("Adopted son"), "adopted_daughter": _("Adopted daughter"),
            "step_father": _("Stepfather"), "step_mother": _("Stepmother"), "step_son": _("Stepson"), "step_daughter": _("Stepdaughter"),
        },
    ),
)  # fmt: skip
TITLES = {id: title for _title, members in CLASSES for id, title in members.items()}
# Here a support relation decides whether the law counts the tie at all.
ASKS_SUPPORT = frozenset(id for id in TITLES if id.startswith("step_"))
