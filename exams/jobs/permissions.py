"""Who may follow long work: whoever may see the job."""

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.jobs.access import may_see
from exams.jobs.models import Job


def _may_see(actor: Actor, job: Job) -> bool:
    return may_see(actor, job)


permission("jobs.view", _("Follow long work"), "anyone", scope=_may_see)
permission("jobs.cancel", _("Stop long work"), "anyone", scope=_may_see)
