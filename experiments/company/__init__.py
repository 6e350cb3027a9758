"""Calibrating to a company: how far its intervals can be trusted; see README.md."""
