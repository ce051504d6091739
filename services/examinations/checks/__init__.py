"""Questions to a fitted model, each with a code, a title, a state and a sentence that carries its numbers."""
