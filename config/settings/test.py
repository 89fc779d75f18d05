"""Settings of the test run: fast hasher, keys and files in a folder of their own."""

import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES

DATA_DIR = Path(tempfile.mkdtemp(prefix="exams-test-"))
KEY_DIR = DATA_DIR / "keys"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir()
SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Sixteen racing threads each hold a connection.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 0, "max_size": 40}
JOBS = "inline"
