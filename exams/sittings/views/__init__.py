"""Pages of the arrangement."""
