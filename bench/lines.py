"""How a measure is shown: `name  measured  limit  ratio  target  ok|short`."""

HEADER = f"{'name':<44}{'measured':>12}{'limit':>12}{'ratio':>8}{'target':>8}"


def at_most(name: str, measured: float, limit: float, target: float) -> bool:
    """A cost in microseconds, milliseconds or megabytes: `measured` may be `target` times the limit and no more."""
    return _show(name, measured, limit, target, measured / limit <= target)


def at_least(name: str, measured: float, limit: float, target: float) -> bool:
    """A rate a second: `measured` must reach `target` times the limit."""
    return _show(name, measured, limit, target, measured / limit >= target)


def _show(name: str, measured: float, limit: float, target: float, ok: bool) -> bool:
    word = "ok" if ok else "short"
    print(f"{name:<44}{measured:>12,.2f}{limit:>12,.2f}{measured / limit:>8.2f}{target:>8.2f}  {word}", flush=True)
    return ok
