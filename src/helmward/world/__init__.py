"""What is: the read model that everything asks. Pure: no I/O, the same for a live cluster, files and a recording."""
