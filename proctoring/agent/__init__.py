"""The room collector: looks at the cameras of a venue and keeps what it saw until the server has it; runs without Django."""
