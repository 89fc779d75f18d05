"""The outbox: notices to persons, written in the transaction that causes them."""
