"""How fast the engine is, and against what; see README.md."""
