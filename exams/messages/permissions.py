"""Who may read notices: everybody the own ones."""

from django.utils.translation import gettext_lazy as _

from exams.access import permission

permission("messages.inbox", _("Read one’s own notices"), "anyone")
permission("messages.read", _("Note one’s own notices as read"), "anyone")
