"""What the register fills of the registries: its rows must equal the journal."""

from exams.journal.projection import watch
from exams.register.models import Bar, Certificate

watch(Bar, "person", "kind", "since", "until", "state")
watch(Certificate, "person", "qualification", "number", "valid_until", "state")
