"""The gateway of the house: put together, looked into, accounted for."""
