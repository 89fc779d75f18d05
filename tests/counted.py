"""A mark for tests that state how many queries many journal entries cost."""

import pytest
from django.db import connection

entries_counted = pytest.mark.skipif(
    not connection.features.can_return_rows_from_bulk_insert, reason="SQLite before 3.35 takes the entries one by one"
)
