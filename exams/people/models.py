"""Tables of organisations, persons, their accounts and second factors, employment and kinship."""

import time
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from exams import clock
from exams.encryption import EncryptedField, blind_index
from exams.keys import primary_key


class Organisation(models.Model):
    """A legal person known to the system once, whatever parts it plays."""

    class Kind(models.TextChoices):
        ISSUING_AUTHORITY = "issuing_authority", _("Issuing authority")
        EXAM_BODY = "exam_body", _("Exam body")
        EMPLOYER = "employer", _("Employer")
        TRAINING_BODY = "training_body", _("Training body")

    id = primary_key()
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    name_key = models.CharField(max_length=400, blank=True, db_index=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    supervised_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="supervised")

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A natural person known to the system once; two rows for one document are impossible."""

    class Sex(models.TextChoices):
        MALE = "male", _("Male")
        FEMALE = "female", _("Female")

    class DocumentType(models.TextChoices):
        RESIDENT_ID = "resident_id", _("Resident identity card")
        PASSPORT = "passport", _("Passport")
        HONG_KONG_MACAO = "hong_kong_macao", _("Mainland travel permit for Hong Kong and Macao residents")
        TAIWAN = "taiwan", _("Mainland travel permit for Taiwan residents")
        FOREIGN_PERMANENT = "foreign_permanent", _("Foreign permanent resident identity card")
        MILITARY = "military", _("Military identity document")

    id = primary_key()
    name = models.CharField(_("name"), max_length=80)
    name_key = models.CharField(max_length=400, db_index=True, help_text="pinyin, joined and as initials, for searching")
    name_match = models.CharField(max_length=80, db_index=True, help_text="the name as compared, never as shown")
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    document_type = models.CharField(_("document"), max_length=20, choices=DocumentType.choices, default=DocumentType.RESIDENT_ID)
    id_number = EncryptedField(_("identity number"))
    id_index = models.CharField(max_length=64, unique=True)
    phone = EncryptedField(_("phone"), blank=True, default="")

    class Meta:
        ordering = ["name_key", "id"]

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager["Account"]):
    """Finds an account by the name it signs in with."""


class Account(AbstractBaseUser):
    """One person's access to the system; never shared, never deleted, only disabled."""

    id = primary_key()
    username = models.CharField(_("user name"), max_length=40, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, related_name="account")
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    password_until = models.DateTimeField(null=True, blank=True, help_text="a first password works until then")
    password_changed_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True, help_text="last day of a temporary account")
    vouched_by = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", help_text="handed over the last first password"
    )
    disabled_reason = models.TextField(blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.username


class Factor(ThrottlingMixin, Device):
    """What the two kinds of second factor share: an id that django-otp can read back, and slowing down."""

    id = primary_key()

    class Meta:
        abstract = True

    @property
    def persistent_id(self) -> str:
        """django-otp reads the key of a device as an integer, so a UUID is given as one."""
        return f"{self.model_label()}/{self.pk.int}"

    def get_throttle_factor(self) -> float:
        return float(getattr(settings, "OTP_THROTTLE_FACTOR", 1))


class Authenticator(Factor):
    """A one-time code generator (RFC 6238) whose key is encrypted at rest; a code works once."""

    key = EncryptedField()
    last_step = models.BigIntegerField(default=-1)
    enrolled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], condition=Q(confirmed=True), name="one_authenticator_per_account")]

    def verify_token(self, token: str) -> bool:
        """Compare-and-set of the last step, so that two processes cannot both take one code."""
        if not self.verify_is_allowed()[0]:
            return False
        digits = str(token)
        totp = TOTP(bytes.fromhex(self.key))
        totp.time = time.time()
        if not (digits.isascii() and digits.isdigit() and len(digits) == 6 and totp.verify(int(digits), 1, self.last_step + 1)):
            self.throttle_increment()
            return False
        taken = Authenticator.objects.filter(pk=self.pk, last_step__lt=totp.t()).update(
            last_step=totp.t(), throttling_failure_timestamp=None, throttling_failure_count=0
        )
        return taken == 1


class RecoverySheet(Factor):
    """Codes on paper for the day the telephone is lost; only their keyed digests are kept."""

    printed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], condition=Q(confirmed=True), name="one_recovery_sheet_per_account")]

    def digest(self, code: str) -> str:
        """Bound to the sheet, keyed, and forgiving of how a hand copies: case, blanks and dashes."""
        return blind_index(f"recovery:{self.pk}:{code.upper().replace('-', '').replace(' ', '')}")

    def verify_token(self, token: str) -> bool:
        """Takes the code if it has not been used; two processes cannot both take it."""
        if not self.verify_is_allowed()[0]:
            return False
        unused = RecoveryCode.objects.filter(sheet=self, digest=self.digest(str(token)), used_at=None)
        if unused.update(used_at=clock.machine()) == 1:
            self.throttle_reset()
            return True
        self.throttle_increment()
        return False


class RecoveryCode(models.Model):
    """One code of a sheet; it works once."""

    id = primary_key()
    sheet = models.ForeignKey(RecoverySheet, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True, blank=True)


class SignInTries(models.Model):
    """Tries to sign in, per name typed and per address, known or not; both are kept as keyed digests only."""

    id = primary_key()
    key = models.CharField(max_length=64, unique=True)
    taken = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)


class Registration(models.Model):
    """An organisation has registered this person and so may find him or her; the person stands here only once."""

    id = primary_key()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="registrations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="registrations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "person"], name="one_registration_each")]


class Employment(models.Model):
    """A post in an organisation; `until` is the last day, empty while it goes on."""

    id = primary_key()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="employments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="employments")
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    post = models.CharField(_("post"), max_length=80, blank=True)

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="employment_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"


class KinEdge(models.Model):
    """A declared relative: known by the keyed digest of the document, whether a person here or not.

    The person's own declaration is the legal act. What a body entered from a signed form says so: `reported_by`, and which `paper`.
    """

    id = primary_key()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kin")
    relative_index = models.CharField(max_length=64, db_index=True)
    relative_name = EncryptedField(_("name of the relative"))
    relation = models.CharField(_("relation"), max_length=40)
    support = models.BooleanField(default=False, help_text="a support relation exists (step-parents and step-children)")
    declared_on = models.DateField()
    reported_by = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    paper = models.CharField(max_length=80, blank=True, help_text="the signed form from which a body entered it")
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["declared_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "relative_index", "relation"],
                condition=Q(withdrawn_on__isnull=True),
                name="one_declaration_per_relation",
            )
        ]

    def __str__(self) -> str:
        return self.relation
