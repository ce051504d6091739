"""Groups of rows that resemble each other, found without an outcome, and whether they are there at all."""
