"""Which bundled programmes last once their support ends, and how long each support is held."""
