"""The embedded default: SQLite, in-memory channel layer, files below DATA_DIR, loopback only."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DATA_DIR, DEMO, KEY_DIR, env
from exams.keyfiles import text_key

DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
(DATA_DIR / "static").mkdir(parents=True, exist_ok=True)
SECRET_KEY = text_key(KEY_DIR, "secret")
if DEMO:
    PASSWORD_HASHERS = ["config.demo.hashing.QuickArgon2"]
    # A demo's world is made in one go and never upgraded: its tables come straight from the models, which saves a quarter of a minute.
    MIGRATION_MODULES = {"exams": None, "question_bank": None, "proctoring": None}
