"""Room collectors and cameras: who may send, where a camera hangs, what it sees."""
