"""Calls: how a function that a stranger's bytes can make slow or large is called."""

from collections.abc import Callable
from typing import Any

# `Sandbox.run`, which calls it in a process that can be killed; `here` in tests and where nothing else is given.
Run = Callable[..., Any]


def here(task: Callable[..., Any], *arguments: Any) -> Any:
    """Call it in this process."""
    return task(*arguments)
