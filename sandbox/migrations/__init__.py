"""The sandbox's own tables."""
