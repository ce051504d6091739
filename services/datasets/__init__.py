"""Datasets: the tables a model learns from, in immutable versions with the reason for every change."""
