"""Projects: one idea each, seen only by its members."""
