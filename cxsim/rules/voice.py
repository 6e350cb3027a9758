"""Voice of the customer: answers are published late; leaders see the score, never satisfaction."""

from __future__ import annotations

from cxsim.compiled import entry

POOLED = 4  # weeks of answers in one published score


@entry
def publish(t, key, firm, ties, plan, state, record):
    """Publish the mean answer of the four weeks that end `survey_lag` weeks ago.

    Without an answer in those weeks the last published score stands.
    """
    last = t - int(plan.levers[t].survey_lag)
    total = 0.0
    count = 0.0
    for week in range(max(0, last - POOLED + 1), last + 1):
        total += state.voice[week, 0]
        count += state.voice[week, 1]
    if count > 0.0:
        state.programme[0].score = total / count
    record.company[t].survey_score = state.programme[0].score
    record.company[t].respondents = state.voice[t, 1]
