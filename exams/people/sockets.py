"""Open sockets of an account are told to ask again who they are, at once, whenever that may have changed."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction


def group_of(account_id: UUID) -> str:
    """The group in which all open sockets of an account stand."""
    return f"account.{account_id}"


def recheck(account_id: UUID) -> None:
    """After the running transaction: every open socket of the account reads its actor anew, and closes if it may no longer stay."""
    transaction.on_commit(partial(_tell, account_id))


def _tell(account_id: UUID) -> None:
    layer = get_channel_layer()
    if layer is not None:
        async_to_sync(layer.group_send)(group_of(account_id), {"type": "access.changed"})
