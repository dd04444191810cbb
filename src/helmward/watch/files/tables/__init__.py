"""The tables that `kubectl get` prints, read back into partial objects in the API's own shape."""
