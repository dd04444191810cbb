"""The running house: what every face can ask of it, and what it does by itself. app.py puts it together."""

from helmward.house.house import House, Sight, UnknownIncident

__all__ = ["House", "Sight", "UnknownIncident"]
