"""Turns: whose trial the next free place of a worker goes to, and how much one person or project may take."""
