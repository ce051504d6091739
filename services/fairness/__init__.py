"""Fairness: how a model treats groups of people, what treating them alike would cost, and who agreed on how much."""
