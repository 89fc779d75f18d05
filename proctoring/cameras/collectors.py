"""Pages of room collectors: their places, the code with which a machine claims one, and the fingerprint that a person confirms."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from exams import wording
from exams.access import SYSTEM, may, needs, public
from exams.errors import Refused
from exams.listing import Column, Listing
from exams.printing.codes import qr_path
from proctoring.cameras import actions, queries
from proctoring.cameras.forms import EnrolForm, ReasonForm
from proctoring.cameras.models import Agent

MAX_CLAIM_BYTES = 4_000


def _may_keep(request: HttpRequest) -> bool:
    return bool(may(request.actor, "proctoring.keep_cameras"))  # type: ignore[attr-defined]


@needs("proctoring.see_cameras")
def agents(request: HttpRequest) -> HttpResponse:
    """All room collectors one may see."""
    listing = Listing(
        queries.agents_visible_to(request.actor).select_related("venue"),
        columns=[
            Column("name", _("Room collector"), kind="head", sort="name", link=lambda one: reverse("cameras:agent", args=[one.pk])),
            Column("venue", _("Venue"), value="venue.name", sort="venue__name"),
            Column("enrolled", _("Enrolled"), value="enrolled_at", kind="when", sort="enrolled_at"),
            Column("software", _("Software")),
            Column("revoked", _("Shut out at"), value="revoked_at", kind="when", sort="revoked_at"),
        ],
        search=["name", "venue__name"], default_sort="venue", name="collectors", title=_("Room collectors"),
        empty=_("No room collector yet. Enrol one for each venue."),
    )  # fmt: skip
    return listing.answer(request, "proctoring/cameras/agents.html", {"may_keep": _may_keep(request)})


@never_cache
@needs("proctoring.keep_cameras")
def enrol(request: HttpRequest) -> HttpResponse:
    """Make a place for a collector; the code for its machine is shown on the answer, once."""
    form = EnrolForm(queries.venues_visible_to(request.actor), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            agent, code = actions.enrol_agent(by=request.actor, **form.cleaned_data)
        except Refused as refusal:
            return render(request, "proctoring/cameras/enrol.html", {"form": form, "refusal": refusal}, status=409)
        return _invitation(request, agent, code)
    return render(request, "proctoring/cameras/enrol.html", {"form": form})


def _invitation(request: HttpRequest, agent: Agent, code: str) -> HttpResponse:
    """The words for the machine as a code: where, which place, and the one-time code, which never reaches the log of a server."""
    text = f"{request.build_absolute_uri(reverse('cameras:claim', args=[agent.pk]))}#{code}"
    context = {"agent": agent, "text": text, "qr": qr_path(text), "minutes": actions.CODE_MINUTES}
    return render(request, "proctoring/cameras/invitation.html", context)


@needs("proctoring.see_cameras")
def agent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One collector: when it was heard, its cameras, what was refused of it."""
    agent = get_object_or_404(queries.agents_visible_to(request.actor).select_related("venue"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.revoke_agent(by=request.actor, agent=agent, **form.cleaned_data)
        messages.success(request, _("The room collector is shut out."))
        return redirect("cameras:agent", pk=pk)
    context = {"agent": agent, "form": form, "cameras": agent.cameras.select_related("room"), "may_keep": _may_keep(request)}
    context["heard"] = queries.heard_at(agent)
    context["key"] = agent.keys.filter(retired_at=None).first()
    context["earlier_keys"] = agent.keys.exclude(retired_at=None)
    context["rejections"] = agent.rejections.all()[:20]
    return render(request, "proctoring/cameras/agent.html", context)


@never_cache
@require_POST
@needs("proctoring.keep_cameras")
def renew(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new code, shown once."""
    agent = get_object_or_404(queries.agents_visible_to(request.actor), pk=pk)
    return _invitation(request, agent, actions.renew_code(by=request.actor, agent=agent))


@require_POST
@needs("proctoring.keep_cameras")
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The fingerprint on the machine is the one on the page."""
    agent = get_object_or_404(queries.agents_visible_to(request.actor), pk=pk)
    actions.confirm_key(by=request.actor, agent=agent, fingerprint=request.POST.get("fingerprint", ""))
    messages.success(request, _("The key is confirmed. The room collector is admitted from now on."))
    return redirect("cameras:agent", pk=pk)


@never_cache
@require_POST
@needs("proctoring.keep_cameras")
def differ(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The fingerprints differ; the key is put away and a new code is shown."""
    agent = get_object_or_404(queries.agents_visible_to(request.actor), pk=pk)
    code = actions.refuse_key(by=request.actor, agent=agent, fingerprint=request.POST.get("fingerprint", ""))
    return _invitation(request, agent, code)


@public
@csrf_exempt
@never_cache
@require_POST
def claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A machine claims its place: the code admits it, the proof shows that the key is its own. Answers in JSON, for a program."""
    body = _claim(request)
    agent = Agent.objects.filter(pk=pk).first()
    if body is None or agent is None:
        error, status = ("malformed", 400) if body is None else ("unknown", 404)
        return JsonResponse({"error": error, "text": "", "remedy": ""}, status=status)
    try:
        token = actions.claim_agent(by=SYSTEM, agent=agent, **body)
    except Refused as refusal:
        one = refusal.objections[0]
        text, remedy = wording.render(one.message, one.params), wording.render(one.remedy, {}) if one.remedy else ""
        return JsonResponse({"error": one.id, "text": text, "remedy": remedy}, status=409)
    return JsonResponse({"token": token, "config": _configuration(request, agent)})


def _claim(request: HttpRequest) -> dict[str, str] | None:
    """Exactly the fields of a claim, each a text; None for anything else."""
    if len(request.body) > MAX_CLAIM_BYTES:
        return None
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    sound = isinstance(body, dict) and set(body) == {"code", "public_key", "proof", "software"}
    if not sound or not all(isinstance(one, str) and len(one) <= 200 for one in body.values()):
        return None
    return {**body, "software": body["software"][:80]}


@needs("proctoring.keep_cameras")
def config(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The collector's configuration as it must stand on its machine; neither token nor key is in it."""
    agent = get_object_or_404(queries.agents_visible_to(request.actor), pk=pk)
    return JsonResponse(_configuration(request, agent), json_dumps_params={"indent": 2, "ensure_ascii": False})


def _configuration(request: HttpRequest, agent: Agent) -> dict[str, Any]:
    origin = request.build_absolute_uri("/").rstrip("/").replace("http", "ws", 1)
    return queries.collector_config(agent, server=origin, token_file="token", key_file="key.pem", state_dir="state")  # noqa: S106 - names of files
