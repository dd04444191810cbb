"""The cluster as a person walks through it: the tree from workload to pod, one object, a live log."""

from helmward.house.cluster.branch import branch
from helmward.house.cluster.listing import Wanted, listing
from helmward.house.cluster.objects import Named, shown_object
from helmward.house.cluster.streams import LogFollower, LogWish, open_log
from helmward.house.cluster.told import Told

__all__ = ["LogFollower", "LogWish", "Named", "Told", "Wanted", "branch", "listing", "open_log", "shown_object"]
