"""Interpretations: what people expected of a model, what surprised them, and whether they accept how it decides."""
