"""What is not known exactly: ranges of figures, what they make of the value, and what knowing more would be worth."""
