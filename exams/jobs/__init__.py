"""Long work with progress: one row per job, a page that survives a reload, a result that is authorised again."""
