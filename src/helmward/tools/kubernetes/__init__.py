"""What may be done in a Kubernetes cluster, and what is known about it before it is done."""
