"""Enrolment: from the page with the code, over the machine that makes its key, to the person who compares the fingerprint."""

from __future__ import annotations

import json
import re
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import segno
from django.test import Client

from exams import clock
from exams.access import SYSTEM
from exams.errors import NotPermitted, Refused
from proctoring.agent import config as agent_config
from proctoring.agent import key
from proctoring.agent.__main__ import main
from proctoring.agent.enrolment import EnrolmentError, invitation
from proctoring.authorship import base64url, claim_words, fingerprint
from proctoring.cameras import actions
from proctoring.cameras.models import Agent, AgentKey
from proctoring.ingest import authors
from tests.cast import Cast, sign_in_as
from tests.proctoring.room import Watched, claimed

pytestmark = pytest.mark.django_db
SOME = "0197aaaa-0000-7000-8000-000000000000"
LINE = re.compile(r'<p class="mono">(http[^<"]+)</p>')


def invited(watched: Watched, client: Client, name: str = "second") -> tuple[Agent, str]:
    sign_in_as(client, watched.technician)
    page = client.post("/video/cameras/collectors/enrol/", {"venue": str(watched.room.venue_id), "name": name})
    (line,) = LINE.findall(page.content.decode())
    return Agent.objects.get(name=name), line


def claim(agent: Agent, code: str, made: key.Key, **other: Any) -> dict[str, Any]:
    proof = base64url(made.sign(claim_words(str(agent.pk), code, made.public)))
    return {"code": code, "public_key": made.public, "proof": proof, "software": "test/1", **other}


def post(agent: Any, body: Any) -> Any:
    raw = body if isinstance(body, bytes | str) else json.dumps(body)
    return Client().post(f"/video/cameras/collectors/{getattr(agent, 'pk', agent)}/claim/", raw, content_type="application/json")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["line", "picture"])
def test_a_machine_enrols_with_the_code_and_counts_once_a_person_has_compared(
    watched: Watched, client: Client, live_server: Any, tmp_path: Path, way: str, capsys: pytest.CaptureFixture[str]
):
    agent, line = invited(watched, client)
    line = line.replace("http://testserver", live_server.url)
    segno.make(line).save(str(tmp_path / "code.png"), scale=5)
    given = line if way == "line" else str(tmp_path / "code.png")
    assert main(["--enrol", given, "--config", str(tmp_path / "venue" / "agent.json")]) == 0
    made = AgentKey.objects.get(agent=agent)
    assert made.fingerprint in capsys.readouterr().out
    for name in ("agent.json", "token", "key.pem"):
        assert stat.S_IMODE((tmp_path / "venue" / name).stat().st_mode) == 0o600
    assert key.load(tmp_path / "venue" / "key.pem").public == made.public_key
    page = client.get(f"/video/cameras/collectors/{agent.pk}/").content.decode()
    assert made.fingerprint in page and (tmp_path / "venue" / "token").read_text() not in page
    assert authors.confirmed_key(agent) == ""
    assert client.post(f"/video/cameras/collectors/{agent.pk}/confirm/", {"fingerprint": made.fingerprint}).status_code == 302
    assert authors.confirmed_key(agent) == made.public_key
    # what was set by hand stays, the code is dead
    body = json.loads((tmp_path / "venue" / "agent.json").read_text())
    assert body["server"] == live_server.url.replace("http", "ws") + "/ws/ingest/"
    assert main(["--enrol", given, "--config", str(tmp_path / "venue" / "agent.json")]) == 1
    assert "new code" in capsys.readouterr().err
    assert key.load(tmp_path / "venue" / "key.pem").public == made.public_key


def test_what_was_set_by_hand_survives_another_enrolment(watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    told = {"token": "t", "config": {"server": "ws://new/", "token_file": "token", "key_file": "key.pem", "state_dir": "s", "cameras": [
        {"id": str(uuid4()), "name": "C", "source": "usb:0"}]}}  # fmt: skip
    monkeypatch.setattr("proctoring.agent.enrolment._claim", lambda url, body: told)
    path = tmp_path / "agent.json"
    path.write_text(json.dumps({"server": "ws://old/", "fps": 2, "cameras": []}))
    assert main(["--enrol", f"http://h/x/{SOME}/claim/#{'c' * 22}", "--config", str(path)]) == 0
    read = agent_config.load(path)
    assert (read.server, read.fps, len(read.cameras)) == ("ws://new/", 2, 1)


def test_the_code_counts_once_and_for_half_an_hour(watched: Watched):
    agent, code = actions.enrol_agent(by=watched.technician, venue=watched.room.venue, name="third")
    assert code not in (agent.code_hash, agent.token_hash) and len(agent.code_hash) == 64
    Agent.objects.filter(pk=agent.pk).update(code_until=clock.machine() - timedelta(seconds=1))
    with pytest.raises(Refused) as late:
        claimed(agent, code, key.new())
    assert late.value.objections[0].id == "agent.code"
    code = actions.renew_code(by=watched.technician, agent=agent)
    assert claimed(agent, code, key.new()).startswith(agent.pk.hex)
    with pytest.raises(Refused):
        claimed(agent, code, key.new())
    assert AgentKey.objects.filter(agent=agent).count() == 1


@pytest.mark.parametrize(
    "forgery",
    ["another code", "no code", "another agent's code", "proof for another key", "proof for another agent", "no key", "a known key"],
)
def test_a_forged_claim_is_refused(watched: Watched, forgery: str):
    agent, code = actions.enrol_agent(by=watched.technician, venue=watched.room.venue, name="third")
    other, foreign = actions.enrol_agent(by=watched.technician, venue=watched.room.venue, name="fourth")
    made = key.new()
    body = {
        "another code": lambda: claim(agent, "x" * 22, made),
        "no code": lambda: claim(agent, "", made),
        "another agent's code": lambda: claim(agent, foreign, made),
        "proof for another key": lambda: claim(agent, code, made, public_key=key.new().public),
        "proof for another agent": lambda: claim(other, code, made),
        "no key": lambda: claim(agent, code, made, public_key="zz"),
        "a known key": lambda: claim(agent, code, watched.key),
    }[forgery]()
    assert watched.agent.pk
    answer = post(agent, body)
    assert answer.status_code == 409 and answer.json()["text"]
    agent.refresh_from_db()
    assert (agent.token_hash, agent.keys.count()) == ("", 0)
    assert post(agent, claim(agent, code, made)).status_code == 200


@pytest.mark.parametrize(
    "rubbish",
    [b"", b"[]", b"{}", b"\xff\xfe", b'{"code": 1}', b"[" * 3000, b"x" * 9000, '{"code":"a","public_key":"b","proof":"c","software":1}'],
)
def test_rubbish_claims_are_turned_away(watched: Watched, rubbish: bytes):
    assert post(watched.agent, rubbish).status_code == 400
    assert post(uuid4(), claim(watched.agent, "x" * 22, key.new())).status_code == 404
    assert Client().get(f"/video/cameras/collectors/{watched.agent.pk}/claim/").status_code == 405


def test_only_the_key_that_was_compared_is_confirmed(watched: Watched, cast: Cast):
    agent, code = actions.enrol_agent(by=watched.technician, venue=watched.room.venue, name="third")
    first, second = key.new(), key.new()
    claimed(agent, code, first)
    claimed(agent, actions.renew_code(by=watched.technician, agent=agent), second)
    with pytest.raises(Refused):
        actions.confirm_key(by=watched.technician, agent=agent, fingerprint=fingerprint(first.public))
    with pytest.raises(NotPermitted):
        actions.confirm_key(by=cast.stranger, agent=agent, fingerprint=fingerprint(second.public))
    with pytest.raises(NotPermitted):
        actions.claim_agent(by=watched.technician, agent=agent, code="", public_key="", proof="")
    actions.confirm_key(by=watched.technician, agent=agent, fingerprint=fingerprint(second.public))
    assert authors.confirmed_key(agent) == second.public


def test_a_key_whose_fingerprint_differs_is_put_away_with_its_token(watched: Watched, client: Client):
    agent, code = actions.enrol_agent(by=watched.technician, venue=watched.room.venue, name="third")
    thief = key.new()
    claimed(agent, code, thief)
    sign_in_as(client, watched.technician)
    page = client.post(f"/video/cameras/collectors/{agent.pk}/differ/", {"fingerprint": fingerprint(thief.public)}).content.decode()
    agent.refresh_from_db()
    assert (agent.token_hash, agent.keys.filter(retired_at=None).count(), len(LINE.findall(page))) == ("", 0, 1)
    assert fingerprint(thief.public) in client.get(f"/video/cameras/collectors/{agent.pk}/").content.decode()


def test_a_revoked_place_cannot_be_claimed(watched: Watched):
    agent, code = actions.enrol_agent(by=watched.technician, venue=watched.room.venue, name="third")
    actions.revoke_agent(by=watched.technician, agent=agent, reason="lost")
    with pytest.raises(Refused):
        claimed(agent, code, key.new())
    with pytest.raises(Refused):
        actions.renew_code(by=watched.technician, agent=agent)
    assert SYSTEM.capacity == "system"


@pytest.mark.parametrize(
    "given",
    ["", "x", "http://h/claim/#abc", f"ftp://h/{SOME}/claim/#{'c' * 22}", f"http://h/{SOME}/claim/#" + "c" * 300, "missing.png"],
)
def test_what_is_no_invitation_is_said_to_be_none(given: str):
    with pytest.raises(EnrolmentError):
        invitation(given)


def test_a_picture_without_a_code_is_said_to_be_none(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(EnrolmentError, match="QR"):
        invitation(str(tmp_path / "a.png"))
