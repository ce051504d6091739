"""Proposals: the objective, the levers that move it, the data and limits it comes with."""
