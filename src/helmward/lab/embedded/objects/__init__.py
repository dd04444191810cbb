"""What Kubernetes does to an object before it is stored: defaults, admission, validation, deletion rules."""
