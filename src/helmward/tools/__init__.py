"""What may be done: one folder for each system, one file for each tool. The door runs them; nothing here connects to anything."""
