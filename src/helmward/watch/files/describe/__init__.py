"""What `kubectl describe` prints, read back into objects (the formats are those of kubectl v0.34, describe.go)."""
