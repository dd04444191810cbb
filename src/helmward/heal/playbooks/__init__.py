"""The playbooks, a file each."""
