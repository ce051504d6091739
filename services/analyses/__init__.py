"""Analyses: groups, unusual rows and forecasts that a worker finds in a version of the data."""
