"""Initiatives: named groups of projects, with an owner and a budget, and the plans of projects among others."""
