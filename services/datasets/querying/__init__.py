"""Bring the rows of a query as a version of the data."""
