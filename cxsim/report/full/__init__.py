"""The full report: one file that asks, answers, explains, and can be checked number by number.

`request` says what is asked, `inquiry` runs it, `sections` and `page` lay it out as HTML, and
`reproducing` takes a report of anybody's and makes all of its numbers again.
"""

from cxsim.report.full.page import full_report
from cxsim.report.full.reproducing import Reproduction, reproduce, scenarios_of
from cxsim.report.full.request import Request

__all__ = ["Reproduction", "Request", "full_report", "reproduce", "scenarios_of"]
