"""Tables of room collectors and cameras."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams.keys import primary_key
from exams.lifecycle import transitions
from proctoring.agent.addresses import without_password
from proctoring.authorship import fingerprint
from proctoring.geometry import Pose


class Agent(models.Model):
    """A room collector: the program at a venue that watches its cameras. A token admits it, its own key signs what it sends."""

    id = primary_key()
    venue = models.ForeignKey("exams.Venue", on_delete=models.PROTECT, related_name="agents")
    name = models.CharField(max_length=60)
    # Of the token only the digest is kept; empty until a machine has claimed its place with the one-time code.
    token_hash = models.CharField(max_length=64, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True, blank=True)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Machine time, milliseconds; moved by every frame, so that "heard from" is a fact and not a feeling.
    heard_ms = models.BigIntegerField(default=0)
    software = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["venue__name", "name"]
        constraints = [models.UniqueConstraint(fields=["venue", "name"], name="agent_name_once_per_venue")]

    def __str__(self) -> str:
        return self.name


class AgentKey(models.Model):
    """A key that a collector's machine made for itself; it counts once a person has compared its fingerprint. Keys are kept for ever."""

    id = primary_key()
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="keys")
    public_key = models.CharField(max_length=64)
    software = models.CharField(max_length=80, blank=True)
    claimed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-claimed_at"]
        constraints = [
            models.UniqueConstraint(fields=["agent"], condition=models.Q(retired_at=None), name="agent_has_one_key"),
            models.UniqueConstraint(fields=["public_key"], name="key_belongs_to_one_agent"),
        ]

    @property
    def fingerprint(self) -> str:
        """As two people compare it."""
        return fingerprint(self.public_key)


class Camera(models.Model):
    """A camera of a room: its pose in integers, so that everybody computes the same view; its aim holds until somebody moves it."""

    id = primary_key()
    room = models.ForeignKey("exams.Room", on_delete=models.PROTECT, related_name="cameras")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="cameras")
    name = models.CharField(max_length=30)
    source = models.CharField(max_length=200)
    # A smaller stream of the same camera, which is judged while the other one is recorded; empty if there is none.
    sub_source = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default="placed")
    x_mm = models.IntegerField()
    y_mm = models.IntegerField()
    z_mm = models.IntegerField()
    pan_urad = models.IntegerField()
    tilt_urad = models.IntegerField()
    hfov_urad = models.IntegerField()
    width_px = models.IntegerField()
    height_px = models.IntegerField()
    # EN 62676-4:2015 "recognise"; below it hands and desk are not told apart.
    least_px_per_m = models.IntegerField(default=125)
    records = models.BooleanField(default=True)
    aim_checked_at = models.DateTimeField(null=True, blank=True)
    reference_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["room__name", "name"]
        constraints = [
            models.UniqueConstraint(fields=["room", "name"], condition=~models.Q(state="retired"), name="camera_name_once_per_room")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_source(self) -> str:
        """Its source as it may stand on a page: whoever may look must not be able to sign in at the camera."""
        return without_password(self.source)

    @property
    def pose(self) -> Pose:
        """Where it hangs and looks."""
        return Pose(
            self.x_mm, self.y_mm, self.z_mm, self.pan_urad, self.tilt_urad, self.hfov_urad, self.width_px, self.height_px
        )  # fmt: skip


transitions(
    Camera,
    {
        "placed": {"accept": "accepted", "retire": "retired"},
        "accepted": {"accept": "accepted", "report_fault": "faulty", "move": "placed", "retire": "retired"},
        "faulty": {"accept": "accepted", "move": "placed", "retire": "retired"},
        "retired": {},
    },
    labels={"placed": _("Placed"), "accepted": _("Aim accepted"), "faulty": _("Faulty"), "retired": _("Retired")},
    tones={"placed": "wait", "accepted": "ok", "faulty": "danger", "retired": "off"},
)
