"""Answers of the API that are passed on as they come: downloads, logs, a streamed answer."""
