"""Qualifications, their dated rules, and the days that are not what the week says they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams import clock, lifecycle
from exams.catalogue.rulebook import Missing, Rulebook
from exams.keys import primary_key


class Qualification(models.Model):
    """What a certificate attests: regulation, item, level."""

    id = primary_key()
    code = models.CharField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    regulation = models.CharField(max_length=60)
    level = models.CharField(max_length=60, blank=True)
    family = models.CharField(max_length=60)
    scope = models.TextField(blank=True)
    issued_by = models.CharField(max_length=20, blank=True)
    is_example = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Qualification")
        ordering = ["regulation", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Edition(models.Model):
    """The dated rules of one qualification; its values stand still once in force."""

    id = primary_key()
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="editions")
    version = models.CharField(max_length=60)
    effective_from = models.DateField(null=True)
    values = models.JSONField(default=dict)
    is_example = models.BooleanField(default=False)
    state = models.CharField(max_length=20, default="draft")
    entered_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    return_reason = models.TextField(blank=True)
    in_force_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Rule version")
        ordering = ["qualification", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["qualification", "version"], name="edition_version_once"),
            models.UniqueConstraint(fields=["qualification"], condition=models.Q(state="in_force"), name="edition_one_in_force"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("entered_by")),
                name="edition_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="in_force") | models.Q(effective_from__isnull=False),
                name="edition_in_force_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qualification.code} · {self.version}"

    def missing(self) -> list[Missing]:
        """Everything still empty, the date and the level included."""
        found = self.rulebook.missing()
        if not self.qualification.level:
            found.insert(0, Missing("level", _("Level")))
        if self.effective_from is None:
            found.insert(0, Missing("effective_from", _("Effective date")))
        return found

    @property
    def rulebook(self) -> Rulebook:
        """The typed view of the values."""
        return Rulebook.from_values(self.values)


class CalendarDay(models.Model):
    """A day that is not what the week says: a public holiday, or a shifted workday."""

    KINDS = {"holiday": _("Public holiday"), "workday": _("Shifted workday")}

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=10, choices=KINDS)
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=200, blank=True)
    is_example = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Calendar day")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


lifecycle.transitions(
    Edition,
    {
        "draft": {"confirm": "confirmed"},
        "confirmed": {"return": "draft", "put_in_force": "in_force"},
        "in_force": {"supersede": "superseded"},
        "superseded": {},
    },
    labels={
        "draft": _("Draft"),
        "confirmed": _("Confirmed"),
        "in_force": _("Rules in force"),
        "superseded": _("Superseded"),
    },
    tones={"draft": "off", "confirmed": "wait", "in_force": "ok", "superseded": "off"},
)
