"""Recipes: readable steps that turn a table as it was read into the table a model learns from."""
