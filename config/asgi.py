"""ASGI entrance: pages by Django, sockets by Channels; browsers must come from our own origin, agents bring a credential."""

from __future__ import annotations

import importlib
import importlib.util
import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
pages = get_asgi_application()

# Consumers may be imported only now that the apps are loaded.
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from config import startup  # noqa: E402


def _routes(name: str) -> list[Any]:
    routes: list[Any] = []
    for module in ("exams.routing", "question_bank.routing", "proctoring.routing"):
        if importlib.util.find_spec(module):
            routes += getattr(importlib.import_module(module), name, [])
    return routes


class Sockets:
    """Agents send no Origin header and no cookie, so their path is routed past the browser's guards; they prove themselves."""

    def __init__(self) -> None:
        self.agents = URLRouter(_routes("agent_urlpatterns"))
        self.browsers = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(_routes("websocket_urlpatterns"))))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        application = self.agents if scope["path"].startswith("/ws/ingest/") else self.browsers
        return await application(scope, receive, send)


startup.check()
application = ProtocolTypeRouter({"http": pages, "websocket": Sockets()})
