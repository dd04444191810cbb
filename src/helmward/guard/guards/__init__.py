"""The guards, one file each; their order is declared in each."""
