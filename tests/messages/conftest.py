"""The started engine, for every test of this folder."""

from ..engines import clock, engine, mailbox

__all__ = ["clock", "engine", "mailbox"]
