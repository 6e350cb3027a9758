"""The faults, each with the reality checks that have to catch it.

A fault replaces whole lines of one file by others that a tired author could have written. All of
them are planted into one copy of the package, each behind a switch that is off unless its number
is set, so that the model is compiled once and not once a fault.
"""

from __future__ import annotations

from dataclasses import dataclass

RULES = "facts.planted"  # a number at run time: most rules know the facts
VOICE = "plan.facts[0].planted"
PLAN = 'float(__import__("os").environ["PLANTED"])'  # the plan is made by Python


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes
    ----------
    checks : tuple of str
        Ids of the reality checks that have to fail.
    file : str
        Below the package.
    was, becomes : str
        Whole lines without their common indentation.
    switch : str
        An expression that is the number of the fault at work.
    scenario : str
        In which the fault shows.
    """

    checks: tuple[str, ...]
    file: str
    was: str
    becomes: str
    switch: str = RULES
    scenario: str = "typical"


LEADERSHIP, INITIATIVES = "rules/leadership.py", "rules/initiatives.py"
WORKFORCE, CUSTOMERS, FUNDING = "rules/workforce.py", "rules/customers.py", "rules/funding.py"
ORCHESTRATED = "orchestrated"

MUTANTS = (
    # --- leadership
    Mutant(
        ("sponsor_without_accountability",),
        LEADERSHIP,
        "sponsor = facts.head_sponsor * levers.ceo_sponsorship * week.line * levers.accountability",
        "sponsor = facts.head_sponsor * levers.ceo_sponsorship * week.line",
    ),
    Mutant(
        ("sponsor_with_accountability",),
        LEADERSHIP,
        "sponsor = facts.head_sponsor * levers.ceo_sponsorship * week.line * levers.accountability",
        "sponsor = -facts.head_sponsor * levers.ceo_sponsorship * week.line",
    ),
    Mutant(
        ("long_way_to_the_top",),
        LEADERSHIP,
        "sponsor = facts.head_sponsor * levers.ceo_sponsorship * week.line * levers.accountability",
        "sponsor = facts.head_sponsor * levers.ceo_sponsorship * (2.0 - week.line)",
    ),
    Mutant(
        ("holdout_refuses", "holdouts_house_stays_behind"),
        LEADERSHIP,
        "target = facts.holdout_target",
        "target = 1.0",
    ),
    Mutant(
        ("long_way_slows_the_work",),
        INITIATIVES,
        "help_ *= floor + (1.0 - floor) * line",
        "help_ *= 2.0 - line",
    ),
    Mutant(
        ("warm_speech",),
        LEADERSHIP,
        "return target - pressure",
        "return target + 0.3 * levers.ceo_encouragement - pressure",
    ),
    Mutant(
        ("rivalry_breeds_conflict",),
        LEADERSHIP,
        "quarrel = facts.rivalry_conflict * levers.rivalry",
        "quarrel = facts.rivalry_conflict * (1.0 - levers.rivalry)",
    ),
    Mutant(
        ("rivals_undo_work",),
        INITIATIVES,
        "again = initiative.left + facts.rework_share * initiative.effort",
        "again = initiative.left - facts.rework_share * initiative.effort",
    ),
    Mutant(
        ("charter_prevents_conflict",),
        INITIATIVES,
        "bred = facts.conflict_bred * (1.0 - levers.charter)",
        "bred = facts.conflict_bred * levers.charter",
    ),
    Mutant(
        ("charter_before_appointment",),
        LEADERSHIP,
        "most = facts.appointment_drop * (1.0 - levers.accountability) * (1.0 - levers.charter)",
        "most = facts.appointment_drop * (1.0 - levers.accountability) * levers.charter",
    ),
    Mutant(
        ("impatient_board",),
        FUNDING,
        "growth -= missing",
        "growth += missing",
    ),
    Mutant(
        ("earnings_shock_hits_what_is_unproven",),
        FUNDING,
        "return growth * (1.0 - min(1.0, earnings_pressure(week, levers)))",
        "return growth * (1.0 - min(1.0, week.earnings))",
    ),
    # --- initiatives
    Mutant(
        ("no_staff_no_fixes", "plans_alone_do_nothing"),
        INITIATIVES,
        "return programme.capacity / size * levers.process_share"
        " * (1.0 - levers.governance_overhead)",
        "return 3.0 * levers.process_share",
    ),
    Mutant(
        ("all_governance_no_fixes",),
        INITIATIVES,
        "return programme.capacity / size * levers.process_share"
        " * (1.0 - levers.governance_overhead)",
        "return programme.capacity / size * levers.process_share",
    ),
    Mutant(
        ("nobody_listens",),
        INITIATIVES,
        "return facts.issue_discovery * insight * (1.0 - process.quality) * upward",
        "return facts.issue_discovery * (1.0 - process.quality) * upward",
    ),
    Mutant(
        ("tall_hierarchy_hears_less",),
        INITIATIVES,
        "return facts.issue_discovery * insight * (1.0 - process.quality) * upward",
        "return facts.issue_discovery * insight * (1.0 - process.quality)",
    ),
    Mutant(
        ("listening_makes_fixes_count",),
        INITIATIVES,
        "yield_ = 1.0 if initiative.known == 1 else facts.unknown_yield",
        "yield_ = 1.0 if initiative.known == 0 else facts.unknown_yield",
    ),
    Mutant(
        ("data_gives_insight",),
        INITIATIVES,
        "heard *= facts.data_floor + (1.0 - facts.data_floor) * levers.data_access",
        "heard *= facts.data_floor + (1.0 - facts.data_floor) * (1.0 - levers.data_access)",
    ),
    Mutant(
        ("handoffs_need_coherence",),
        INITIATIVES,
        "help_ *= facts.handoff_coherence + (1.0 - facts.handoff_coherence) * levers.coherence",
        "help_ *= 1.0 - (1.0 - facts.handoff_coherence) * levers.coherence",
    ),
    Mutant(
        ("quick_wins_come_sooner",),
        INITIATIVES,
        "effort = facts.effort_quick",
        "effort = 2.0 * facts.effort_cross",
    ),
    Mutant(
        ("more_hands",),
        INITIATIVES,
        "initiative.left -= cpe / running * pace",
        "initiative.left -= pace / (running * (1.0 + cpe))",
    ),
    Mutant(
        ("quality_wears_away",),
        INITIATIVES,
        "process.quality -= rate * max(0.0, process.quality - facts.quality_floor)",
        "process.quality += rate * (1.0 - process.quality)",
    ),
    # --- workforce
    Mutant(
        ("words_without_deeds",),
        WORKFORCE,
        "hollow = (message + climate.words) * (1.0 - climate.seen) * (1.0 - modelled)",
        "hollow = (0.5 - message) * (1.0 - climate.seen) * (1.0 - modelled)",
    ),
    Mutant(
        ("nobody_is_trained", "training_pays_later"),
        WORKFORCE,
        "employee.ability = clip(k + ((trained + done + shown) * (1.0 - k) - lost), 0.0, 1.0)",
        "employee.ability = clip("
        "k + ((facts.ability_training * a - trained + shown) * (1.0 - k) - lost), 0.0, 1.0)",
    ),
    Mutant(
        ("training_takes_time_now",),
        WORKFORCE,
        "return terms[0] + terms[1] + terms[2] + terms[3] + terms[4]",
        "return terms[0] + terms[1] - terms[2] + terms[3] + terms[4]",
    ),
    Mutant(
        ("habit_needs_embedding", "a_push_without_embedding_is_lost"),
        WORKFORCE,
        "rhythm = facts.habit_alone + (1.0 - facts.habit_alone) * levers.embedding",
        "rhythm = facts.habit_alone + (1.0 - facts.habit_alone) * (1.0 - levers.embedding)",
    ),
    Mutant(
        ("overload_stops_starts",),
        WORKFORCE,
        "hazard = facts.start_hazard * employee.awareness * able * climate.slack",
        "hazard = facts.start_hazard * employee.awareness * able * (1.0 - climate.slack)",
    ),
    Mutant(
        ("tall_hierarchy_mutes_the_message", "message_is_clearest_at_the_top"),
        WORKFORCE,
        "message = climate.message * fidelity",
        "message = climate.message * (1.0 - fidelity)",
    ),
    Mutant(
        ("turnover_costs_practice",),
        WORKFORCE,
        "settle(employee, u, facts)",
        "employee.practising = 1",
    ),
    Mutant(
        ("wins_make_believers",),
        WORKFORCE,
        "return min(1.0, facts.seen_own * function.win + facts.seen_company * programme.win)",
        "return max(0.0, 1.0 - facts.seen_own * function.win - facts.seen_company * programme.win)",
    ),
    Mutant(
        ("example_of_leaders",),
        WORKFORCE,
        "return weight * head + (1.0 - weight) * (noticed * lead)",
        "return (1.0 - levers.role_modelling) * lead",
    ),
    Mutant(
        ("burnt_children",),
        WORKFORCE,
        "heard *= (1.0 - facts.belief_cynicism * doubter.cynicism) * climate.openness",
        "heard *= (1.0 + facts.belief_cynicism * doubter.cynicism) * climate.openness",
    ),
    # --- customers
    Mutant(
        ("price_rise_loses_customers_at_once",),
        CUSTOMERS,
        "programme.price_pain += facts.price_pain * week.price_rise",
        "programme.price_pain -= facts.price_pain * week.price_rise",
    ),
    Mutant(
        ("noticing_softens_a_price_rise",),
        CUSTOMERS,
        "cushion = facts.cushion * programme.insight",
        "cushion = -facts.cushion * programme.insight",
    ),
    Mutant(
        ("better_quality_never_hurts",),
        CUSTOMERS,
        "got = base + process",
        "got = base + facts.experience_quality - process",
    ),
    Mutant(
        ("practice_reaches_customers",),
        CUSTOMERS,
        "got += practice",
        "got -= practice",
        scenario=ORCHESTRATED,
    ),
    Mutant(
        ("the_restless_leave_first",),
        CUSTOMERS,
        "customer.base = base_hazard(u_base, table)",
        "customer.base = base_hazard(0.6, table)",
    ),
    Mutant(
        ("bad_news_travels", "bad_news_travels_further"),
        CUSTOMERS,
        "warning = facts.word_of_mouth * facts.bad_news_reach * bad / ACQUAINTANCES",
        "warning = 0.0",
    ),
    Mutant(
        ("good_service_is_told",),
        CUSTOMERS,
        "praise = facts.word_of_mouth * (1.0 + market.advocacy) * good / ACQUAINTANCES",
        "praise = 0.0",
    ),
    Mutant(
        ("surge_raises_complaints",),
        "plan.py",
        'weeks["surge"][week : week + shock["weeks"]] += shock["size"]',
        'weeks["surge"][week : week + shock["weeks"]] -= shock["size"]',
        switch=PLAN,
    ),
    Mutant(("haste_spoils_contacts",), CUSTOMERS, "got -= haste", "got += haste"),
    Mutant(
        ("rising_expectations",),
        CUSTOMERS,
        "expected = customer.expectation + market.drift",
        "expected = customer.expectation - market.drift",
    ),
    Mutant(
        ("customer_success_saves_some",),
        CUSTOMERS,
        "return ratio * (1.0 - facts.success_save * success * min(1.0, -z / facts.success_zone))",
        "return ratio * (1.0 + facts.success_save * success * min(1.0, -z / facts.success_zone))",
    ),
    Mutant(
        ("outage_lowers_satisfaction",),
        CUSTOMERS,
        "quality = processes[p].quality * (1.0 - agenda[f].outage)",
        "quality = processes[p].quality * (1.0 + agenda[f].outage)",
    ),
    Mutant(
        ("an_outage_is_forgiven",),
        "plan.py",
        'agenda["outage"][week : week + shock["weeks"], hit] += shock["size"]',
        'agenda["outage"][week:, hit] += shock["size"]',
        switch=PLAN,
    ),
    Mutant(
        ("late_survey_shows_late",),
        "rules/voice.py",
        "last = t - int(plan.levers[t].survey_lag)",
        "last = t",
        switch=VOICE,
    ),
    Mutant(
        ("a_survey_changes_no_feelings",),
        INITIATIVES,
        "heard *= facts.coverage_floor + (1.0 - facts.coverage_floor) * levers.survey_coverage",
        "heard *= 1.0 / (1.0 + levers.survey_lag)",
    ),
    Mutant(
        ("hearing_without_acting",),
        INITIATIVES,
        "process.issues = kept + found",
        "process.issues = kept + found\nprocess.quality += 0.1 * found * (1.0 - process.quality)",
    ),
    # --- money
    Mutant(
        ("what_ended_costs_nothing",),
        INITIATIVES,
        "programme.staff = staff(week, levers, programme.budget, employees)",
        "programme.staff = levers.resources * employees / 100.0 * programme.budget",
    ),
    Mutant(
        ("a_team_costs_money",),
        FUNDING,
        "company.programme_cost = staff * facts.fte_cost",
        "company.programme_cost = facts.fte_cost / (1.0 + staff)",
    ),
    Mutant(
        ("contribution_adds_up",),
        FUNDING,
        "company.contribution = margin - company.programme_cost + company.savings",
        "company.contribution = margin - company.programme_cost - company.savings",
    ),
    Mutant(
        ("revenue_follows_customers",),
        FUNDING,
        "company.revenue = company.active_customers * facts.revenue_per_customer",
        "company.revenue = company.churned * facts.revenue_per_customer",
    ),
    Mutant(
        ("efficiency_saves_cost",),
        INITIATIVES,
        "programme.saving += facts.saving_per_effort * initiative.effort * size",
        "programme.saving -= facts.saving_per_effort * initiative.effort * size",
    ),
    # --- time
    Mutant(
        ("nothing_happens_before_its_cause",),
        "plan.py",
        'weeks["price_rise"][week] += size',
        'weeks["price_rise"][week - 1] += size',
        switch=PLAN,
    ),
    # --- bookkeeping
    Mutant(
        ("customers_add_up",),
        CUSTOMERS,
        "company.active_customers += acquired",
        "company.active_customers += 0.5 * acquired",
    ),
    Mutant(
        ("practice_adds_up",),
        WORKFORCE,
        "rows[0].stop_turnover += 1.0\nadd_stop(rows)",
        "rows[0].leavers += 1.0",
    ),
    Mutant(
        ("every_stop_has_one_cause",),
        WORKFORCE,
        "count_stop(u / open_to_stop, by_belief, facts.stop_effort, rows[0])",
        "rows[0].stop_belief += 2.0",
    ),
    Mutant(
        ("every_start_has_one_cause",),
        WORKFORCE,
        "count_start(u / hazard, influences, rows[0])",
        "rows[0].start_message += 2.0",
    ),
    Mutant(
        ("every_loss_has_one_cause",),
        CUSTOMERS,
        "count_churn(customer, u, ratio, felt_pain(customer, market), market.inflation, company)",
        "company.churned += 1.0",
    ),
    Mutant(
        ("nobody_practises_twice",),
        WORKFORCE,
        "add_employee(employee, function)",
        "add_employee(employee, function)\nfunction.practising += employee.practising",
        scenario=ORCHESTRATED,
    ),
    Mutant(
        ("shares_are_shares",),
        WORKFORCE,
        "return clip(cynicism + change, 0.0, 1.0)",
        "return cynicism + change - 0.1",
    ),
    Mutant(
        ("complaints_follow_contacts",),
        CUSTOMERS,
        "function.complaints += 1.0",
        "function.complaints += 100.0",
    ),
    Mutant(
        ("words_are_never_less_than_deeds",),
        LEADERSHIP,
        "return max(commitment, facts.stated_share * levers.ceo_encouragement)",
        "return min(commitment, facts.stated_share * levers.ceo_encouragement)",
    ),
)
