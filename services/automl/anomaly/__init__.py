"""Rows that are unlike the others, found without labels, and how far such a finding can be trusted."""
