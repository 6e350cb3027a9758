"""The columns of every population and of every record: names, types, units.

A population is one structured array: one row per agent, one named field per attribute. Records are
structured arrays too: one row a week, one field a series. A row handed to a compiled function is a
plain pointer, so rules can be written about *one* employee or customer at no cost.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

PEERS = 6
ACQUAINTANCES = 4
MAX_INITIATIVES = 8
CHUNK = 256  # agents whose random words are made at a time
NEVER = -10000  # week of something that has not happened

QUICK, LOCAL, CROSS = 0, 1, 2  # kinds of initiative
LOWEST, HIGHEST = -1.5, 1.2  # bounds of satisfaction


def floats(*names: str) -> np.dtype:
    """Return a record of float64 fields."""
    return np.dtype([(name, np.float64) for name in names])


# A function and its head; shares in [0, 1] unless said otherwise.
FUNCTION = floats(
    "commitment",  # of the head, behavioural
    "before",  # likewise, before this week's step
    "priority",  # the head's competing priorities, relative to the company's
    "conflict",
    "win",  # salience of visible wins
    "complaint_rate",  # complaints per contact, smoothed
    "haste",  # experience a contact loses because those who serve are short of time
    "contacts",  # this week
    "complaints",  # this week
    "experience",  # summed over this week's contacts
    "experience_squares",  # likewise, of its square
    "closures",  # pain points closed this week
    "worked_in",  # 1 if an initiative is at work in the house this week
)

# An employee below the heads; shares in [0, 1] unless said otherwise.
EMPLOYEE = np.dtype(
    [
        ("threshold", np.float64),  # belief at which practising starts
        ("awareness", np.float64),
        ("belief", np.float64),  # "this works and is worth it"
        ("ability", np.float64),
        ("habit", np.float64),
        ("cynicism", np.float64),
        ("delivered", np.float64),  # what a customer gets from this employee's practice
        ("noise", np.float64),  # standard deviation of experience, in experience
        ("practising", np.uint8),  # 0 or 1
    ],
    align=True,
)

# A place for a customer.
CUSTOMER = np.dtype(
    [
        ("base", np.float64),  # churn hazard per week at the reference satisfaction
        ("expectation", np.float64),  # experience, without the market's drift
        ("satisfaction", np.float64),  # -1.5 .. 1.2, without the pain of a price rise
        ("lost_process", np.float64),  # disappointments by cause, in satisfaction of week 0
        ("lost_service", np.float64),
        ("lost_expectation", np.float64),
        ("complained", np.int16),  # week of the last complaint
        ("joined", np.int16),  # week of joining, -1 = before the start
        ("active", np.uint8),
    ],
    align=True,
)

# The state of a process.
PROCESS = np.dtype(
    [
        ("quality", np.float64),
        ("issues", np.float64),  # known open pain points
        ("issue_age", np.float64),  # their mean age, weeks
        ("busy", np.int64),  # 1 when an initiative works on it
    ]
)

# An initiative under way.
INITIATIVE = np.dtype(
    [
        ("process", np.int64),  # -1 = free slot
        ("kind", np.int64),
        ("effort", np.float64),  # FTE-weeks in all
        ("left", np.float64),  # FTE-weeks to do
        ("customer", np.int64),  # 1 when aimed at customers
        ("known", np.int64),  # 1 when it answers a known pain point
    ]
)

PROGRAMME = floats(
    "budget",  # factor of plan
    "evidence",  # that customer experience pays
    "win",  # company-wide salience of wins
    "ceo",  # commitment of the chief executive
    "price_pain",  # satisfaction lost to a price rise, before any cushion
    "price_week",  # customers who joined up to this week feel it
    "price_shown",  # satisfaction lost this week, after the cushion
    "saving",  # USD per week
    "score",  # published survey score, in satisfaction
    "insight",  # 0 .. 1
    "staff",  # FTE
    "capacity",  # FTE at work: less while there is no CCO
)


class Link(IntEnum):
    """Influences whose readers can be made to see the past; docs/model.md says what each reads."""

    PEERS = 0
    MANAGERS = 1
    LEARNING_BY_DOING = 2
    WINS_TO_EMPLOYEES = 3
    WINS_TO_EXECUTIVES = 4
    EXECUTIVE_PEERS = 5
    CONFLICT = 6
    COMMITMENT_TO_WORK = 7
    COMMITMENT_TO_EMPLOYEES = 8
    FUNDING = 9
    COMPLAINTS = 10
    BACKLOG = 11
    CYNICISM = 12
    WORD_OF_MOUTH = 13
    PRACTICE_TO_QUALITY = 14
    PRACTICE_TO_EXPERIENCE = 15


# From when on a link's readers see the past.
HELD = np.dtype(
    [
        ("week", np.int64),  # what they see is the start of this week
        ("row", np.int64),  # where it is kept: by week, then in the order of links
    ]
)
NOT_HELD = 2**40  # a week beyond any horizon


class State(NamedTuple):
    """Everything that changes from week to week in one replicate.

    The arrays that end in `then` have a row for each link that is held, and none in an ordinary
    run: the state as it was when the link's week began.
    """

    functions: np.ndarray  # FUNCTION, (functions,)
    employees: np.ndarray  # EMPLOYEE, (employees,)
    customers: np.ndarray  # CUSTOMER, (places,)
    processes: np.ndarray  # PROCESS, two touchpoints per function, then the hand-offs
    initiatives: np.ndarray  # INITIATIVE, (8,)
    programme: np.ndarray  # PROGRAMME, (1,)
    voice: np.ndarray  # (weeks, 2): sum and number of survey answers
    practised: np.ndarray  # uint8, (employees,): who practised at the end of last week
    words: np.ndarray  # uint32, (4, CHUNK): room for random words
    lists: np.ndarray  # int64, (3, CHUNK): room for lists of places in a chunk
    vacant: np.ndarray  # int32, (places,): candidates for acquisition this week
    functions_then: np.ndarray  # FUNCTION, (held, functions)
    employees_then: np.ndarray  # EMPLOYEE, (held, employees)
    practised_then: np.ndarray  # uint8, (held, employees): who practised
    processes_then: np.ndarray  # PROCESS, (held, processes)
    programme_then: np.ndarray  # PROGRAMME, (held,)
    customers_then: np.ndarray  # CUSTOMER, (held up to word of mouth, places)


class Ties(NamedTuple):
    """Who knows whom in one replicate."""

    peers: np.ndarray  # int32, (versions, employees, PEERS), -1 = none
    acquaintances: np.ndarray  # int32, (places, ACQUAINTANCES), -1 = none


# An employee's place in the reporting tree.
POST = np.dtype(
    [
        ("manager", np.int32),  # -1 = the head
        ("depth", np.int32),  # layers below the head, from 1
    ]
)

# The fixed facts of a process.
TOUCHPOINT = np.dtype(
    [
        ("owner", np.int64),  # function
        ("partner", np.int64),  # function on the other side of a hand-off, -1 = local
        ("share", np.float64),  # of customer contacts
        ("lower", np.float64),  # cumulative share before this process
        ("bound", np.float64),  # cumulative share up to and with it
    ]
)


class Firm(NamedTuple):
    """The formal organisation and the market's fixed facts; the same in all replicates.

    The first axis of arrays marked V is the version of the organisation: one per distinct span of
    control and share of cross-functional ties in the timeline.
    """

    function_start: np.ndarray  # int64, (functions + 1,): first employee of each function
    posts: np.ndarray  # V POST, (versions, employees)
    front: np.ndarray  # V int32, (versions, ..): frontline employees, function by function
    front_start: np.ndarray  # V int64, (versions, functions + 1)
    upward: np.ndarray  # V (versions, functions): fidelity of what the front line reports
    fidelity: np.ndarray  # (layers + 1,): of a message by depth
    ties: np.ndarray  # V (versions,): share of ties that leave the function
    touchpoints: np.ndarray  # TOUCHPOINT, (processes,)
    guide: np.ndarray  # int64: where to start looking for the process of a contact
    base_table: np.ndarray  # weekly base hazard by quantile, (nodes,)
    initial_active: np.ndarray  # uint8, (places,)
    host: int  # function in which the CCO sits when not reporting to the CEO


# What the timeline says of one week.
WEEK = np.dtype(
    [
        ("version", np.int64),  # of the organisation
        ("active", np.int64),  # 1 when the programme has staff
        ("present", np.int64),  # 1 when a CCO is in office
        ("arrives", np.int64),  # 1 when a CCO starts
        ("since", np.float64),  # weeks since launch, 0 before
        ("line", np.float64),  # fidelity from the CCO to the CEO
        ("earnings", np.float64),  # size of an earnings shock
        ("price_rise", np.float64),
        ("surge", np.float64),  # extra contacts, as a share
        ("season", np.float64),  # sin(2 pi week / 52)
        ("drift", np.float64),  # expectation gained by the market since week 0
    ]
)

# What the timeline says of one function in one week.
AGENDA = np.dtype(
    [
        ("holdout", np.int64),  # 1 when the head refuses
        ("replaced", np.int64),  # 1 when a new head starts
        ("successor", np.float64),  # the new head's commitment, nan = drawn
        ("outage", np.float64),  # part of the quality that is lost
    ]
)


class Plan(NamedTuple):
    """What is decided before the run: levers and shocks, week by week."""

    levers: np.ndarray  # one field per numeric lever, (weeks,)
    facts: np.ndarray  # one field per coefficient and numeric fact, (1,)
    weeks: np.ndarray  # WEEK, (weeks,)
    agenda: np.ndarray  # AGENDA, (weeks, functions)
    held: np.ndarray  # HELD, one for each Link


COMPANY_SERIES = floats(
    *("employees", "practising", "adoption", "embedded", "awareness", "belief", "ability"),
    *("cynicism", "commitment", "commitment_spread", "stated_commitment", "ceo_commitment"),
    *("conflict", "alignment", "quality_local", "quality_handoff", "wins", "wins_completed"),
    *("evidence", "open_issues", "issue_age", "closures", "initiatives", "insight", "load"),
    *("satisfaction", "survey_score", "respondents", "contacts", "complaints", "experience"),
    *("experience_spread", "active_customers"),
    *("churned", "acquired", "revenue", "churned_revenue", "programme_cost", "savings"),
    *("contribution", "budget", "price_pain", "starts", "stops", "leavers"),
    *("start_disposition", "start_message", "start_modelling", "start_peers", "start_wins"),
    *("stop_belief", "stop_effort", "stop_overload", "stop_turnover"),
    *("churn_base", "churn_process", "churn_service", "churn_expectation", "churn_shock"),
)

FUNCTION_SERIES = floats(
    *("employees", "practising", "adoption", "embedded", "awareness", "belief", "ability"),
    *("cynicism", "commitment", "stated_commitment", "conflict", "quality_local", "wins"),
    *("open_issues", "closures", "contacts", "complaints", "experience", "load"),
    *("starts", "stops"),
)

LAYER_SERIES = floats(
    *("employees", "practising", "adoption", "embedded", "awareness", "belief", "ability"),
    *("cynicism", "starts", "stops"),
)


class Record(NamedTuple):
    """What is kept of one replicate."""

    company: np.ndarray  # COMPANY_SERIES, (weeks,)
    function: np.ndarray  # FUNCTION_SERIES, (weeks, functions)
    layer: np.ndarray  # LAYER_SERIES, (weeks, layers); row 0 is depth 1
