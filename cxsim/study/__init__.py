"""Experiments on the model: many runs that answer one question about it."""
