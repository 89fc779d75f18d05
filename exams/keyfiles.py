"""Key files of an installation: made once, readable by the service alone, never in the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def bytes_key(folder: Path, name: str, length: int = 32) -> bytes:
    """The key `name` in `folder`; made on first use.

    Two processes may start at once: the file is completed aside and linked, so that both read the same key.
    """
    path = folder / f"{name}.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(length))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return bytes.fromhex(path.read_text().strip())


def text_key(folder: Path, name: str) -> str:
    """The same as text, for settings that want a string."""
    return bytes_key(folder, name).hex()
