"""What the portal does, without a screen. Every command and query checks its permission here."""
