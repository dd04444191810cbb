"""One file an analyzer. To add one: copy a sibling, give it a code, a good and a bad fixture."""
