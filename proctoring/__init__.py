"""Full-process, no-blind-spot video monitoring of examination rooms."""
