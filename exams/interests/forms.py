"""The shape of what is entered about training, authorship, declarations and disputes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.catalogue.queries import families
from exams.interests.models import Dispute as DisputeRow
from exams.interests.models import TrainingEngagement
from exams.interests.rules import ITEMS
from exams.people import relations
from exams.people.models import Organisation, Person
from exams.people.queries import found_by_number


class Day(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _families() -> list[tuple[str, str]]:
    return [(id, f"{id} {name}") for id, name in sorted(families().items())]


def _family() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Item family"), choices=_families)


class NamedPerson(forms.Form):
    """A person found by identity number and name together."""

    person_name = forms.CharField(label=_("Name"), max_length=80)
    person_number = forms.CharField(label=_("Identity number"), max_length=18)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        name, number = given.get("person_name"), given.get("person_number")
        if name and number:
            given["person"] = found_by_number("resident_id", number, name)
            if given["person"] is None:
                self.add_error("person_number", _("Nobody with this number and name is registered. Register the person first."))
        return given


class Training(forms.Form):
    """What the training was, where and when."""

    family = _family()
    role = forms.ChoiceField(label=_("Part taken"), choices=TrainingEngagement.Role.choices)
    course = forms.CharField(label=_("Course"), max_length=200, required=False)
    since = forms.DateField(label=_("From"), widget=Day())
    until = forms.DateField(label=_("Until"), widget=Day(), required=False, help_text=_("Empty while it goes on."))


class OwnTraining(Training):
    """One's own training work: also for whom."""

    organisation = forms.ModelChoiceField(Organisation.objects.exclude(kind="issuing_authority"), label=_("Organised by"))
    field_order = ("organisation", "family")


class ReportedTraining(NamedPerson, Training):
    """A trainer reported by the training body or an exam body."""

    organisation = forms.ModelChoiceField(Organisation.objects.exclude(kind="issuing_authority"), label=_("Organised by"), required=False)
    field_order = ("person_name", "person_number", "organisation")


class Work(forms.Form):
    """A book, aid or other material."""

    title = forms.CharField(label=_("Title"), max_length=200)
    family = _family()
    published_on = forms.DateField(label=_("Published on"), widget=Day())


class ReportedWork(NamedPerson, Work):
    """Material written by somebody else."""

    field_order = ("person_name", "person_number")


class Trainees(forms.Form):
    """Trainees, one a line: identity number and name."""

    lines = forms.CharField(
        label=_("Trainees"),
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("One line for each: identity number, then the name. All lines are looked at before anything is stored."),
    )

    def clean_lines(self) -> list[Person]:
        found, wrong = [], []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), start=1):
            words = line.replace("，", " ").replace(",", " ").split()
            person = found_by_number("resident_id", words[0], " ".join(words[1:])) if len(words) >= 2 else None
            if words and person is None:
                wrong.append(number)
            elif person is not None:
                found.append(person)
        if wrong:
            raise forms.ValidationError(
                _("No registered person fits the number and name in line %(lines)s."), params={"lines": ", ".join(map(str, wrong))}
            )
        return found


class Declaration(forms.Form):
    """The declaration of interest, item by item as the form has it."""

    own = forms.BooleanField(label=ITEMS["own"], required=False)
    kin = forms.BooleanField(label=ITEMS["kin"], required=False)
    kin_text = forms.CharField(label=_("Names and relations"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=1000)
    training = forms.BooleanField(label=ITEMS["training"], required=False)
    authorship = forms.BooleanField(label=ITEMS["authorship"], required=False)
    same_unit = forms.BooleanField(label=ITEMS["same_unit"], required=False)
    other = forms.BooleanField(label=ITEMS["other"], required=False)
    other_text = forms.CharField(label=_("Which circumstance"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=1000)
    none = forms.BooleanField(label=ITEMS["none"], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ITEMS:
            self.fields[name].label = _(ITEMS[name])


class Dispute(forms.Form):
    """With whom one is, or was, in dispute, since when, and about what; an earlier complaint about somebody is one too."""

    kind = forms.ChoiceField(label=_("Kind"), choices=DisputeRow.Kind.choices, initial=DisputeRow.Kind.DISPUTE)
    other_name = forms.CharField(label=_("Name of the other person"), max_length=80, required=False)
    other_number = forms.CharField(
        label=_("Identity number of the other person"),
        max_length=18,
        required=False,
        help_text=_("If you do not know it, leave it empty: a superior then decides who is meant."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    organisation = forms.ModelChoiceField(Organisation.objects.all(), label=_("Or an organisation"), required=False)
    text = forms.CharField(label=_("What it is about"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)
    number = forms.CharField(
        label=_("Number of the complaint or the case"), max_length=60, required=False, help_text=_("Where there is one.")
    )
    since = forms.DateField(label=_("Since"), widget=Day())
    until = forms.DateField(label=_("Until"), widget=Day(), required=False, help_text=_("Empty while it goes on."))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        name, number = given.get("other_name", ""), given.get("other_number", "")
        if number:
            given["other"] = found_by_number("resident_id", number, name)
            if given["other"] is None:
                self.add_error("other_number", _("Nobody with this number and name is registered."))
        return given

    def given(self) -> dict[str, Any]:
        """What the action is called with."""
        data = self.cleaned_data
        return {
            "other_person": data.get("other"),
            "other_organisation": data["organisation"],
            "other_name": data["other_name"],
            **{name: data[name] for name in ("kind", "text", "number", "since", "until")},
        }


class DisputeOf(NamedPerson, Dispute):
    """A dispute or earlier complaint of somebody of one's own body."""

    field_order = ("person_name", "person_number")


class Relative(forms.Form):
    """A relative whose document number one does not know."""

    relation = forms.ChoiceField(label=_("The relative is my"))
    relative_name = forms.CharField(label=_("Name of the relative"), max_length=120)
    birth_date = forms.DateField(label=_("Date of birth"), widget=Day())
    support = forms.BooleanField(label=_("One of us supported the other (step-parents and stepchildren only)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(_(title), [(id, _(word)) for id, word in members.items()]) for title, members in relations.CLASSES]
        self.fields["relation"].choices = [("", _("Choose")), *groups]


class Decision(forms.Form):
    """Who is meant: one of those who may be, or none of them; and how one knows."""

    who = forms.ChoiceField(label=_("Who is meant"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("How you know"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("In a sentence; it is kept with the decision and your name."),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [*people, ("none", _("None of them"))]


class Number(forms.Form):
    """The document of somebody who was reported by name."""

    document_type = forms.ChoiceField(label=_("Document"), choices=Person.DocumentType.choices)
    id_number = forms.CharField(label=_("Identity number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class Reason(forms.Form):
    """One reason."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class Workbook(forms.Form):
    """A workbook handed in."""

    file = forms.FileField(
        label=_("Filled-in workbook (.xlsx)"),
        help_text=_("At most 10 MB. Nothing is written before you have seen the preview."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


class Ending(forms.Form):
    """A last day."""

    until = forms.DateField(label=_("Last day"), widget=Day())


class Concealment(NamedPerson):
    """A proved concealment."""

    proved_on = forms.DateField(label=_("Proved on"), widget=Day())
    text = forms.CharField(label=_("What was hidden and how it was proved"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60, required=False)
