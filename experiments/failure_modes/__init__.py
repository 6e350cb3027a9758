"""Whether each failure mode shows its own signature, and which are taken for one another."""
