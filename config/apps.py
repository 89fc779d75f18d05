"""The wiring as an app: commands that may see everything, no tables; at start it lets every subject declare itself."""

from django.apps import AppConfig

from exams.apps import load_declarations


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        for package in ("exams", "question_bank", "proctoring"):
            load_declarations(package)
