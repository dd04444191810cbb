"""Who may use how much: reserved before a call, settled after it."""

from helmward.gateway.budget.terms import BudgetReached, BudgetUnkept, Caller, Estimate, Used

__all__ = ["BudgetReached", "BudgetUnkept", "Caller", "Estimate", "Used"]
