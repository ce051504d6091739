"""Forms that a page fills and reads. They return what was typed; the page calls the command."""
