"""Everything the portal remembers: tables, sessions, migrations and content-addressed artefacts."""
