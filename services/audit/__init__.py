"""Audit: who changed what, when and why, in a hash chain anyone can verify."""
