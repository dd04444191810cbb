"""The kube engine: a real Kubernetes control plane on loopback, with a stand-in for the kubelet alone."""
