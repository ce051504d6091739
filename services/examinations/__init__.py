"""Whether a model may be relied on: checks with findings, its worst slices, assertions of people, and stress tests."""
