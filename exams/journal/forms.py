"""Shape of what is typed on the journal's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CosignatureForm(forms.Form):
    """A witness's answer: the number of entries of the checkpoint, the signature line and the step."""

    size = forms.IntegerField(label=_("Entries of the checkpoint"), min_value=1)
    line = forms.CharField(label=_("Signature line of the witness"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
