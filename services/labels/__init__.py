"""Labels: rows that people give an outcome to, how far raters agree, and which labels look wrong."""
