"""Who may act as what, for whom, from when to when."""
