"""The console: pages for people, made of what the management API says. It decides nothing."""
