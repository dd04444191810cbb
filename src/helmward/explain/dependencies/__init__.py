"""What a running workload needs and does not get, as its log says."""
