"""The controllers that turn what is wanted into what is: each a file, driven by the changes of the store."""
