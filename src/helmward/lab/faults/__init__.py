"""What can be broken in the lab, one file a fault. A new fault is a new file here with a Fault class in it."""
