"""Runs on an MLflow tracking server: written there, and taken over from there."""
