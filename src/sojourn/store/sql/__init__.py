"""The SQL store: one implementation of each group for both databases; differences are in `sqlite.py` and `postgres.py`."""
