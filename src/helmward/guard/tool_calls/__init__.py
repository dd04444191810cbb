"""The calls that a model asks for: their names, and their arguments."""

from helmward.guard.tool_calls.calls import canonical, check_call

__all__ = ["canonical", "check_call"]
