"""A demo company: a few people, one project on its way and one that begins, on data made by code."""
