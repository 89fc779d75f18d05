"""A quick setting of argon2 for the demo's invented accounts, whose one password stands in its source."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 with next to no work; chosen by the settings only where EXAMS_DEMO is set."""

    time_cost = 1
    memory_cost = 1024
    parallelism = 1
