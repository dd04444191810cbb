"""The wire: routes, lists, watches, discovery, tables, logs."""
