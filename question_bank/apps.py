"""The question bank as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuestionBankConfig(AppConfig):
    """Labels the app; its plugs and permissions are imported at start by the examination."""

    name = "question_bank"
    verbose_name = _("Question bank")
