"""A small Kubernetes API server in Python alone: the lab's demonstration engine. The kube engine is the truth."""
