"""Valuation: what right and wrong calls are worth, and how good a model must be to pay back."""
