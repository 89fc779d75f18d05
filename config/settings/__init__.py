"""Settings by place of use: dev (embedded default), test, production."""
