"""What Kubernetes promises its clients, held against both engines: every test here runs on each."""
