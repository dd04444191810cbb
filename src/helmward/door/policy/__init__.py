"""The policy: one set of Rego modules that says who sees a tool, and whether a request is allowed, asked or denied."""
