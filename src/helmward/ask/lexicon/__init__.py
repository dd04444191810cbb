"""The words that the grammar knows, by what they say. A tag is a terminal of the grammar (grammar.py)."""
