"""Why containers crash: exit codes, log lines, hosts that could not be reached."""
