"""The door for room collectors: parse, check, store, acknowledge; only then announce."""
