"""The one kind of error a user sees: what is wrong, where, what to do."""

from __future__ import annotations


class CxsimError(ValueError):
    """Wrong input, a missing file, or a resource that cannot be used.

    The message is complete and ready to print; faces show it as it is, without a traceback, and
    the command line exits with code 2.
    """
