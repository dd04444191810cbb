"""The ground: nouns, the one registry, settings, errors and the bus. Imports nothing of the house."""
