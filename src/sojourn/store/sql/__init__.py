"""The store on SQL: one implementation of each group for both databases; what differs is in `sqlite.py` and `postgres.py`."""
