"""Parts shared by the pages, one component per module."""
