"""The ways out to people: one file a channel; sender.py queues, groups, limits and retries for all of them."""
