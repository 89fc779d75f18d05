"""Tables of appointments: one capacity, for one organisation, from one day to another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams import capacities, lifecycle
from exams.keys import primary_key

ADMINISTRATORS = ("system_administrator", "security_administrator", "audit_administrator")


class Appointment(models.Model):
    """Gives a person a capacity; `until` is the last day, empty while nothing ends it."""

    id = primary_key()
    person = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="appointments")
    capacity = models.CharField(_("capacity"), max_length=40)
    organisation = models.ForeignKey("exams.Organisation", on_delete=models.PROTECT, related_name="appointments")
    families = models.JSONField(default=list, blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    state = models.CharField(max_length=12, default="in_force")
    ruling = models.ForeignKey("exams.Ruling", on_delete=models.PROTECT, null=True, related_name="appointments")
    appointed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="appointment_ends_after_it_begins"),
            # The three administrators exclude one another even for someone who writes past the actions.
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="in_force", capacity__in=ADMINISTRATORS),
                name="one_administration_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {gettext(capacities.title(self.capacity))}"


lifecycle.transitions(
    Appointment,
    {"in_force": {"end": "ended", "revoke": "revoked"}, "ended": {}, "revoked": {}},
    labels={"in_force": _("In force"), "ended": _("Ended"), "revoked": _("Revoked")},
    tones={"in_force": "ok", "ended": "off", "revoked": "danger"},
)
