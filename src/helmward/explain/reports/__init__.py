"""Reports: the diagnosis as text, markdown and SARIF. All of them are made from the JSON report alone."""
