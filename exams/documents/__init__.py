"""Stored files with their digests: encrypted at rest, handed out only through the owner's own permission."""
