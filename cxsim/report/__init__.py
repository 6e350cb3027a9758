"""A comparison as one printable page: a self-contained HTML file without scripts or requests."""

from cxsim.report.drawing import drawn
from cxsim.report.page import report
from cxsim.report.sections import LIMITS

__all__ = ["LIMITS", "drawn", "report"]
