"""From results to reasons: what differs between two ensembles, and how sure that is."""
