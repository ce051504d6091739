"""Connections: databases a project reads tables from, read-only, with every query kept as provenance."""
