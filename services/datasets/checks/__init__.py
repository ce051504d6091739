"""Health of a table: small coded checks, what they found, and what may be done about it."""
