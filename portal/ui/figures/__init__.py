"""Figures: pure functions from data to a plotly figure, without a screen."""
