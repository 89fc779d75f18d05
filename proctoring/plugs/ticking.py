"""Periodic work of the server: cameras whose collector is silent, faults that become incidents."""

from exams.ticks import tick
from proctoring.footage.disposal import propose_what_is_over
from proctoring.ingest.absence import note_absences
from proctoring.ingest.incidents import report_faults


@tick("proctoring.offline_cameras", every=3)
def offline_cameras() -> None:
    """Silent collectors are written down as offline while somebody sits."""
    note_absences()


@tick("proctoring.incidents", every=3)
def incidents() -> None:
    """Faults during a sitting stand in its room record."""
    report_faults()


@tick("proctoring.footage_over", every=3600)
def footage_over() -> None:
    """Footage whose confirmed period is over and that nothing holds is proposed for removal; nothing is removed by a timer."""
    propose_what_is_over()
