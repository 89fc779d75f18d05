"""Who keeps the catalogue: it is public to read; two different persons enter and confirm."""

from django.utils.translation import gettext_lazy as _

from exams.access import permission

KEEPERS = ("authority_officer", "head_of_body", "exam_clerk")

permission("catalogue.view", _("See the catalogue"), "anyone")
permission("catalogue.enter_edition", _("Enter a rule version"), *KEEPERS, "system")
permission("catalogue.confirm_edition", _("Confirm a rule version"), *KEEPERS)
permission("catalogue.return_edition", _("Return a rule version"), *KEEPERS)
permission("catalogue.put_in_force", _("Put a rule version in force"), *KEEPERS, "system")
permission("catalogue.supersede", _("Supersede a rule version"), "system")
permission("catalogue.enter_calendar", _("Enter the working-day calendar"), *KEEPERS, "system")
