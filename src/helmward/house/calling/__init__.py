"""Tools called by name, for faces that speak of tools alone: MCP, and models that ask."""
