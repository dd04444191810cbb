"""A cluster in a box and its faults. Loaded by the `lab` command alone; nothing imports it."""
