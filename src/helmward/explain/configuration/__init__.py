"""Configuration that is referred to and not there; images."""
