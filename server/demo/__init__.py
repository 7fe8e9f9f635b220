"""The demonstration: a small company and one of its days."""
