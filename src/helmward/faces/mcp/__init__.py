"""The Model Context Protocol at /mcp: the tools of the house for any MCP client, stateless, behind the API's own tokens.

endpoint.py stands in front (host, origin, token, size) and loads the rest with the first request; service.py is the SDK's
server; listing.py and calling.py are its two answers."""
