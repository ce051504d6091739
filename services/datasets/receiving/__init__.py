"""Receiving a file: it is stored as it came, read by a worker, and becomes a version, a refusal or questions."""
