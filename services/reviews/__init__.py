"""Reviews: who signed which evidence, in rounds, each bound to a frozen manifest."""
