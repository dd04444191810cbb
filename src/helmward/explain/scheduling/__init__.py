"""Pods that no node takes: the scheduler's words, predicates, room and placement."""
