"""What the server keeps: objects, one version counter, and the recent past of every kind."""
