"""The started engine, for every test of this folder."""

from ..engines import clock, engine, mailbox, started

__all__ = ["clock", "engine", "mailbox", "started"]
