"""How often the diagnosis names what was planted."""
