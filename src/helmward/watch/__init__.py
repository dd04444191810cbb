"""What happens: a cluster or files brought into the world."""
