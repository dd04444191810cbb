"""What pages make of what the API says, before a template draws it."""
