"""The wall's socket: says that something changed; what changed is read from the tables."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async

from exams.appointments.consumer import GuardedConsumer
from proctoring.coverage.announcing import group_of
from proctoring.wall.queries import visible_to


class WallConsumer(GuardedConsumer):
    """One screen that watches one venue."""

    needs = "proctoring.watch_wall"

    @property
    def venue(self) -> UUID:
        return self.scope["url_route"]["kwargs"]["venue"]

    async def _admitted(self) -> bool:
        """Beyond the permission: this very venue, asked anew each time."""
        return await super()._admitted() and await database_sync_to_async(self._sees)()

    def _sees(self) -> bool:
        return visible_to(self.actor).filter(pk=self.venue).exists()

    async def opened(self) -> None:
        await self.channel_layer.group_add(group_of(self.venue), self.channel_name)

    async def left(self) -> None:
        await self.channel_layer.group_discard(group_of(self.venue), self.channel_name)

    async def wall_changed(self, event: dict[str, Any]) -> None:
        """Something was stored about a camera of this venue."""
        await self.send_json({"type": "changed"})
