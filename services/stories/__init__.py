"""What stands behind an explanation: shapes, columns that go together, pairs, stability; and the story of one case."""
