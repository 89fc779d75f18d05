"""Shapes of input: signing in, persons, organisations, posts, accounts and kin."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.errors import Refused
from exams.people import relations
from exams.people.models import Organisation, Person

DAY = forms.DateInput(attrs={"type": "date"})
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "7", "autofocus": True}


class Asked(forms.Form):
    """A form that puts each objection of a refusal beside the field it speaks of; the rest stays on top."""

    FIELD_OF: ClassVar[dict[str, str]] = {}

    def blame(self, refusal: Refused) -> Refused | None:
        rest = []
        for objection in refusal.objections:
            field = self._field_of(objection.id)
            if field:
                self.add_error(field, f"{objection.text()} {objection.remedy_text()}".strip())
            else:
                rest.append(objection)
        return Refused(rest) if rest else None

    def _field_of(self, id: str) -> str:
        found = self.FIELD_OF.get(id) or self.FIELD_OF.get(id.split(".")[0] + ".", "")
        return found if found in self.fields else ""


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"), max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class CodeForm(forms.Form):
    code = forms.CharField(label=_("One-time code"), max_length=12, widget=forms.TextInput(attrs=CODE))


class RecoveryForm(forms.Form):
    code = forms.CharField(
        label=_("Recovery code"), max_length=24, widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True})
    )


class PasswordForm(Asked):
    FIELD_OF: ClassVar = {"password.old": "old", "password.": "new"}
    old = forms.CharField(label=_("Present password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(label=_("New password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    again = forms.CharField(
        label=_("New password, once more"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", gettext("The two new passwords differ."))
        return given


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(
        label=_("Look"), required=False, widget=forms.RadioSelect,
        choices=[("", _("As the device is set")), ("light", _("Light")), ("dark", _("Dark"))],
    )  # fmt: skip


class PersonForm(Asked):
    """Whom to register; for a body's or an employer's own people the post is recorded with it."""

    FIELD_OF: ClassVar = {"identity.": "id_number", "identity.phone": "phone", "people.other_name": "name"} | {
        f"identity.{name}": "name" for name in ("no_name", "long_name", "strange_name")
    }
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As it stands on the document; rare characters unchanged."))
    document_type = forms.ChoiceField(label=_("Document"), choices=Person.DocumentType.choices)
    id_number = forms.CharField(
        label=_("Identity number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        required=False,
        choices=[("", _("As the number says")), *Person.Sex.choices],
        help_text=_("Only for documents whose number does not say it."),
    )
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=DAY, help_text=_("Only for documents whose number does not say it.")
    )
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    since = forms.DateField(
        label=_("Employed here since"),
        required=False,
        widget=DAY,
        help_text=_("Leave empty if the person is not employed by your organisation."),
    )
    post = forms.CharField(label=_("Post"), max_length=80, required=False)


class OrganisationForm(Asked):
    FIELD_OF: ClassVar = {
        "identity.credit_code": "credit_code", "identity.credit_code_check": "credit_code", "people.credit_code_taken": "credit_code",
        "people.organisation_name": "name", "people.kind": "kind", "people.organisation_kind": "kind",
    }  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    name = forms.CharField(label=_("Full name"), max_length=160)
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    credit_code = forms.CharField(label=_("Unified social credit code"), max_length=30)
    supervised_by = forms.ModelChoiceField(
        label=_("Supervised by"), required=False, queryset=Organisation.objects.filter(kind=Organisation.Kind.ISSUING_AUTHORITY)
    )


class EmploymentForm(Asked):
    FIELD_OF: ClassVar = {"people.period": "until", "people.employed_already": "since"}
    post = forms.CharField(label=_("Post"), max_length=80, required=False)
    since = forms.DateField(label=_("From"), widget=DAY)
    until = forms.DateField(label=_("Until (last day)"), widget=DAY, required=False)


class EndForm(Asked):
    FIELD_OF: ClassVar = {"people.period": "until"}
    until = forms.DateField(label=_("Last day"), widget=DAY)


class AccountForm(Asked):
    FIELD_OF: ClassVar = {"people.username": "username", "people.username_taken": "username", "people.expires_on": "expires_on"}
    username = forms.CharField(
        label=_("User name"), max_length=40, help_text=_("Small letters, digits, dot, dash, underscore; never the identity number.")
    )
    expires_on = forms.DateField(label=_("Last day"), widget=DAY, required=False, help_text=_("Only for a temporary account."))


class PurposeForm(Asked):
    FIELD_OF: ClassVar = {"people.purpose": "purpose", "people.reason": "purpose"}
    purpose = forms.CharField(label=_("What for"), max_length=200, help_text=_("The purpose is kept with your name and the time."))


class CorrectionForm(Asked):
    FIELD_OF: ClassVar = {"identity.": "name", "identity.phone": "phone", "people.purpose": "reason"}
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    phone = forms.CharField(label=_("New telephone number"), max_length=40, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class KinForm(Asked):
    """One relative, by name and document; the classes are those of the declaration form."""

    FIELD_OF: ClassVar = {
        "identity.": "relative_id_number", "people.relation": "relation", "people.own_kin": "relative_id_number",
        "people.declared_already": "relative_id_number",
    } | {f"identity.{name}": "relative_name" for name in ("no_name", "long_name", "strange_name")}  # fmt: skip
    relation = forms.ChoiceField(label=_("The relative is my"))
    relative_name = forms.CharField(label=_("Name of the relative"), max_length=120)
    document_type = forms.ChoiceField(label=_("Document"), choices=Person.DocumentType.choices)
    relative_id_number = forms.CharField(label=_("Identity number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    support = forms.BooleanField(label=_("One of us supported the other (step-parents and stepchildren only)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(gettext(title), [(id, gettext(word)) for id, word in members.items()]) for title, members in relations.CLASSES]
        self.fields["relation"].choices = [("", gettext("Choose")), *groups]
