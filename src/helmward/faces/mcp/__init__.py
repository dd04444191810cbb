"""The tools of the house for MCP clients: streamable HTTP at /mcp, and stdio."""
