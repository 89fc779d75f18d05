"""Enrolment: the machine makes its key, claims its place with the one-time code of the QR picture, and writes its configuration."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import cv2

from proctoring.authorship import base64url, claim_words, fingerprint

from . import key

SECONDS = 15.0
_FORM = re.compile(
    r"(?P<url>https?://[^\s#]+/(?P<agent>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/claim/)#(?P<code>[0-9A-Za-z_-]{16,64})"
)


class EnrolmentError(ValueError):
    """The enrolment did not succeed; the text says why and what to do."""


@dataclass(frozen=True)
class Invitation:
    """What the QR code says: where to claim, which place, and the code that counts once."""

    url: str
    agent: str
    code: str


def invitation(given: str) -> Invitation:
    """The words of the code, or those in a picture of it."""
    text = given.strip()
    if "#" not in text and Path(text).is_file():
        text = _seen(Path(text))
    found = _FORM.fullmatch(text)
    if found is None:
        raise EnrolmentError(
            "this is no enrolment code: it begins with http, contains /claim/# and stands on the page of the room collector"
        )
    return Invitation(found["url"], str(UUID(found["agent"])), found["code"])


def _seen(path: Path) -> str:
    picture = cv2.imread(str(path))
    text = cv2.QRCodeDetector().detectAndDecode(picture)[0] if picture is not None else ""
    if not text:
        raise EnrolmentError(f"no QR code can be read in {path.name}: take the picture straight and sharp, or copy the line below the code")
    return str(text).strip()


def enrol(given: str, config_path: Path, software: str) -> str:
    """Claim the place and write key, token and configuration beside each other; the fingerprint that a person has to compare."""
    asked = invitation(given)
    folder = config_path.parent
    folder.mkdir(parents=True, exist_ok=True)
    kept = _earlier(config_path)
    made = key.new()
    proof = base64url(made.sign(claim_words(asked.agent, asked.code, made.public)))
    answer = _claim(asked.url, {"code": asked.code, "public_key": made.public, "proof": proof, "software": software})
    config = {**answer["config"], **kept}
    made.save(folder / config["key_file"])
    key.write_secret(folder / config["token_file"], answer["token"].encode())
    key.write_secret(config_path, (json.dumps(config, ensure_ascii=False, indent=2) + "\n").encode())
    return fingerprint(made.public)


def _earlier(config_path: Path) -> dict[str, Any]:
    """What somebody set here by hand stays; server and cameras are told by the server."""
    if not config_path.exists():
        return {}
    if config_path.suffix != ".json":
        raise EnrolmentError(f"{config_path.name} is there and no JSON: enrolment writes JSON, give another name")
    try:
        body = json.loads(config_path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise EnrolmentError(f"{config_path.name} cannot be read: {problem}") from None
    return {name: value for name, value in body.items() if name not in ("server", "cameras")} if isinstance(body, dict) else {}


def _claim(url: str, body: dict[str, str]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Accept-Language": "en"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - the form allows http and https alone
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            told = json.load(answer)
    except urllib.error.HTTPError as refusal:
        raise EnrolmentError(_said(refusal)) from None
    except (OSError, ValueError) as problem:
        raise EnrolmentError(f"the server does not answer: {problem}; check the address and the network, the code is not used up") from None
    if not isinstance(told, dict) or not isinstance(told.get("token"), str) or not isinstance(told.get("config"), dict):
        raise EnrolmentError("the answer is not that of an examination server; check the address")
    return told


def _said(refusal: urllib.error.HTTPError) -> str:
    try:
        body = json.load(refusal)
        return f"the server refused: {body['text'] or body['error']} {body['remedy']}".strip()
    except (ValueError, KeyError, TypeError):
        return f"the server refused with {refusal.code}; check the address, or ask for a new code"
