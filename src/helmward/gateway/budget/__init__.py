"""Who may use how much: reserved before a call, settled after it."""

from helmward.gateway.budget.budgets import Budgets, Lease, open_budgets
from helmward.gateway.budget.report import Standing
from helmward.gateway.budget.terms import BudgetReached, BudgetUnkept, Caller, Estimate, Used
from helmward.gateway.budget.usage import Usage, open_usage

__all__ = [
    "BudgetReached",
    "BudgetUnkept",
    "Budgets",
    "Caller",
    "Estimate",
    "Lease",
    "Standing",
    "Usage",
    "Used",
    "open_budgets",
    "open_usage",
]
