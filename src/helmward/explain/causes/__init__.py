"""From findings to incidents: joining to a first cause, grouping, impact."""
