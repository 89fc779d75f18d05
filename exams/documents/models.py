"""The table of stored files: what they are, whose they are, and the digest they must still have."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams import clock
from exams.keys import primary_key


class Document(models.Model):
    """One stored file. Whose it is stands here as type and id only, so that anything may own files."""

    id = primary_key()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    owner_type = models.CharField(max_length=60)
    owner_id = models.CharField(max_length=60)
    file_name = models.CharField(max_length=80, unique=True)
    stored_by = models.UUIDField(null=True)
    stored_by_name = models.CharField(max_length=120, blank=True)
    stored_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("Document")
        constraints = [
            models.UniqueConstraint(fields=["owner_type", "owner_id", "sha256"], name="document_once_per_owner"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="document_not_empty"),
        ]
        indexes = [models.Index(fields=["owner_type", "owner_id"]), models.Index(fields=["sha256"])]

    def __str__(self) -> str:
        return self.title
