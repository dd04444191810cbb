"""What to do about it: from an incident to a plan, and when that plan runs by itself."""
