"""What documents fill of the registries: the sweep of files left by refused actions."""

from exams.documents import shelf
from exams.documents.queries import orphans
from exams.ticks import tick


@tick("documents.sweep", every=3600)
def sweep() -> None:
    """Remove files that no row names."""
    for name in orphans():
        shelf.drop(name)
