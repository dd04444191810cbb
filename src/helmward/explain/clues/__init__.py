"""What analyzers share: containers with their statuses, what changed before, phrases, quantities."""
