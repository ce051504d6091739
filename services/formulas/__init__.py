"""Formulas people write: read by a short list of what is known, computed on columns, never executed."""
