"""Which set of projects fits the budget and the people: the best one, exactly, and why."""
