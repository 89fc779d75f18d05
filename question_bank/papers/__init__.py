"""Papers: sealing, custody, opening by two custodians, and printing."""
