"""What is done to collectors and cameras."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from exams import clock
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.lifecycle import move
from exams.sittings.models import Room, Venue
from exams.verdicts import gettext_noop as _
from proctoring.authorship import claim_words
from proctoring.cameras import credentials, privacy
from proctoring.cameras.models import Agent, AgentKey, Camera
from proctoring.geometry import Pose, inside

CODE_MINUTES = 30


@action("proctoring.enrol_agent", on="venue")
def enrol_agent(*, by: Actor, venue: Venue, name: str) -> tuple[Agent, str]:
    """Make a place for a room collector; the one-time code with which its machine claims it is returned once and never shown again."""
    if not name.strip():
        refuse("agent.no_name", _("A room collector needs a name."))
    if Agent.objects.filter(venue=venue, name=name.strip()).exists():
        refuse("agent.name_taken", _("This venue has a room collector named %(name)s."), name=name.strip())
    agent = Agent.objects.create(venue=venue, name=name.strip(), enrolled_at=clock.machine())
    code = _offer(agent)
    record("proctoring.enrol_agent", agent, by=by, about=[venue], name=agent.name)
    return agent, code


@action("proctoring.renew_code", on="agent")
def renew_code(*, by: Actor, agent: Agent) -> str:
    """Offer the place anew, for a code that ran out or another machine; key and token in use stay valid until the place is claimed."""
    if agent.revoked_at is not None:
        refuse("agent.revoked", _("This room collector was revoked."), remedy=_("Enrol a new one."))
    code = _offer(agent)
    record("proctoring.renew_code", agent, by=by, name=agent.name)
    return code


def _offer(agent: Agent) -> str:
    code = credentials.new_code()
    agent.code_hash, agent.code_until = credentials.digest(code), clock.machine() + timedelta(minutes=CODE_MINUTES)
    agent.save(update_fields=["code_hash", "code_until"])
    return code


@action("proctoring.claim_agent", on="agent")
def claim_agent(*, by: Actor, agent: Agent, code: str, public_key: str, proof: str, software: str = "") -> str:
    """A machine claims the place with the code and the key it made; the token returned admits nobody before the key is confirmed."""
    if not credentials.signed(public_key, claim_words(str(agent.pk), code, public_key), proof):
        refuse("agent.proof", _("The key was not proved: its signature is wrong."), remedy=_("Run the enrolment again with a new code."))
    if AgentKey.objects.filter(public_key=public_key).exists():
        refuse("agent.key_known", _("This key was enrolled before."), remedy=_("Run the enrolment again; it makes a new key."))
    secret, now = credentials.new_secret(), clock.machine()
    # one update both asks and takes the code: of two machines that bring it at once one is refused
    valid = Agent.objects.filter(pk=agent.pk, revoked_at=None, code_hash=credentials.digest(code), code_until__gt=now)
    if not code or valid.update(code_hash="", code_until=None, token_hash=credentials.digest(secret)) != 1:
        refuse(
            "agent.code", _("The code is wrong, used or out of date."), remedy=_("Ask for a new code on the page of the room collector.")
        )
    agent.keys.filter(retired_at=None).update(retired_at=now)
    key = AgentKey.objects.create(agent=agent, public_key=public_key, software=software, claimed_at=now)
    record("proctoring.claim_agent", agent, by=by, name=agent.name, fingerprint=key.fingerprint)
    return credentials.token(agent.pk, secret)


@action("proctoring.confirm_key", on="agent")
def confirm_key(*, by: Actor, agent: Agent, fingerprint: str) -> AgentKey:
    """A person has compared the fingerprint on the page with the one on the machine: from now on what the key signs counts."""
    key = agent.keys.select_for_update().filter(retired_at=None).first()
    if key is None or key.fingerprint != fingerprint:
        refuse("agent.other_key", _("The key is no longer the one that was shown."), remedy=_("Compare the fingerprint again."))
    if key.confirmed_at is None:
        key.confirmed_at = clock.machine()
        key.save(update_fields=["confirmed_at"])
    record("proctoring.confirm_key", agent, by=by, name=agent.name, fingerprint=key.fingerprint)
    return key


@action("proctoring.refuse_key", on="agent")
def refuse_key(*, by: Actor, agent: Agent, fingerprint: str) -> str:
    """The fingerprints differ: somebody else used the code. The key is put away, the token is dead, and a new code is offered."""
    key = agent.keys.select_for_update().filter(retired_at=None).first()
    if key is None or key.fingerprint != fingerprint:
        refuse("agent.other_key", _("The key is no longer the one that was shown."), remedy=_("Compare the fingerprint again."))
    key.retired_at = clock.machine()
    key.save(update_fields=["retired_at"])
    agent.token_hash = ""
    agent.save(update_fields=["token_hash"])
    code = _offer(agent)
    record("proctoring.refuse_key", agent, by=by, name=agent.name, fingerprint=key.fingerprint)
    return code


@action("proctoring.revoke_agent", on="agent")
def revoke_agent(*, by: Actor, agent: Agent, reason: str) -> Agent:
    """Shut a collector out; an open connection ends with its next frame."""
    if not reason.strip():
        refuse("agent.no_reason", _("Write why."))
    agent.revoked_at = clock.machine()
    agent.save(update_fields=["revoked_at"])
    record("proctoring.revoke_agent", agent, by=by, name=agent.name, reason=reason.strip())
    return agent


@action("proctoring.place_camera", on="room")
def place_camera(
    *, by: Actor, room: Room, name: str, agent: Agent, source: str, pose: Pose | dict[str, Any],
    sub_source: str = "", least_px_per_m: int = 125, records: bool = True,
) -> Camera:  # fmt: skip
    """Record where a camera of a room hangs and looks, and which collector watches it."""
    pose = _sound(room, pose)
    if agent.venue_id != room.venue_id:
        refuse("camera.other_venue", _("The room collector stands at another venue than the room."))
    if agent.revoked_at is not None:
        refuse("agent.revoked", _("This room collector was revoked."), remedy=_("Enrol a new one."))
    try:
        with transaction.atomic():
            camera = Camera.objects.create(
                room=room,
                agent=agent,
                name=name.strip(),
                source=source,
                sub_source=sub_source,
                least_px_per_m=least_px_per_m,
                records=records,
                **asdict(pose),
            )
    except IntegrityError:
        refuse("camera.name_taken", _("This room has a camera named %(name)s."), name=name)
    record("proctoring.place_camera", camera, by=by, about=[room, agent], name=camera.name, room=room.name, **asdict(pose))
    return camera


@action("proctoring.move_camera", on="camera")
def move_camera(*, by: Actor, camera: Camera, pose: Pose | dict[str, Any]) -> Camera:
    """Record another pose; the aim must be checked again."""
    pose = _sound(camera.room, pose)
    if camera.state in ("accepted", "faulty"):
        move(camera, "move", aim_checked_at=None, reference_sha256="")
    Camera.objects.filter(pk=camera.pk).update(**asdict(pose))
    camera.refresh_from_db()
    record("proctoring.move_camera", camera, by=by, about=[camera.room], **asdict(pose))
    return camera


@action("proctoring.learn_reference", on="camera")
def learn_reference(*, by: Actor, camera: Camera, sha256: str = "") -> Camera:
    """Accept a camera: its aim was compared with the reference of the empty room. `sha256` is the digest of that picture, if known."""
    move(camera, "accept", aim_checked_at=clock.now(), reference_sha256=sha256)
    record("proctoring.learn_reference", camera, by=by, about=[camera.room], name=camera.name, sha256=sha256)
    return camera


@action("proctoring.retire_camera", on="camera")
def retire_camera(*, by: Actor, camera: Camera, reason: str) -> Camera:
    """Take a camera out of use; its record stays."""
    if not reason.strip():
        refuse("camera.no_reason", _("Write why."))
    move(camera, "retire")
    record("proctoring.retire_camera", camera, by=by, about=[camera.room], name=camera.name, reason=reason.strip())
    return camera


def _sound(room: Room, pose: Pose | dict[str, Any]) -> Pose:
    """A pose that can be true: inside the room, below its ceiling, with a lens that exists; and no camera where none may be."""
    try:
        sound = pose if isinstance(pose, Pose) else Pose(**pose)
    except (TypeError, ValueError) as problem:
        refuse("camera.pose", _("The pose cannot be used: %(problem)s"), problem=str(problem))
    outline = room.plan.get("outline") or []
    near = [(sound.x_mm + dx, sound.y_mm + dy) for dx in (-60, 0, 60) for dy in (-60, 0, 60)]
    if outline and not any(inside(outline, x, y) for x, y in near):
        refuse("camera.outside", _("The camera hangs outside the room."), remedy=_("Measure its place on the plan again, in millimetres."))
    if not 0 < sound.z_mm <= int(room.plan.get("ceiling") or 10_000):
        refuse("camera.height", _("The camera hangs above the ceiling or below the floor."))
    private = list(privacy.objections(room.use, room.plan, sound))
    if private:
        raise Refused(private)
    return sound
