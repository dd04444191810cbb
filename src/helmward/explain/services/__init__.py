"""Services: selectors, ports, endpoints, callers, routes."""
