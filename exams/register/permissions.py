"""Who reads and keeps the register: the authority enters, the body and the person read."""

from django.utils.translation import gettext_lazy as _

from exams.access import permission

READERS = ("authority_officer", "oversight_inspector", "head_of_body", "exam_clerk", "verifier", "application_approver")

permission("register.view", _("See the register"), *READERS)
permission("register.own", _("See what the register has about oneself"), "anyone")
permission("register.record_certificate", _("Enter a certificate"), "authority_officer", "system")
permission("register.enter_bar", _("Enter a bar"), "authority_officer", "system")
permission("register.lift_bar", _("Lift a bar"), "authority_officer")
permission("register.enter_integrity", _("Make an entry in the integrity file"), "authority_officer", "system")
