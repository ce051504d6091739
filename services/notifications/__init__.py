"""Notifications: what a person is told about something they began. Home shows it until they have read it."""
