"""Parts of the question whether a programme lasts: what is withdrawn, when, and what is left."""
