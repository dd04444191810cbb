"""The stand-in kubelet: it drives pods through the life the real kubelet gives them, with the real kubelet's words."""
