"""Deployments: whether a model may answer now, and its answers."""
