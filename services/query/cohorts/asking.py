"""What a cohort report asks for, for whoever decides who may see it. Pure."""

from __future__ import annotations

from dataclasses import replace

from schemas.access import Ask, Form, Subject
from services.query.cohorts.parameters import (
    CallsParameters,
    CohortParameters,
    JourneyParameters,
)
from services.query.links import cohort_ask


def ask_of(subject: Subject, form: Form, given: CohortParameters | CallsParameters) -> Ask:
    """Return what the filters ask for: an employee, a department, or all.

    Laws:   of no figure by name, so that no board shows it. The journey report is made of figures
            of days, each with who was in charge then; the others are about customers of now.
    """
    employee = given.employee if isinstance(given, CohortParameters) else ""
    asked = cohort_ask(subject, form, employee, given.department, given.sub)
    return replace(asked, is_cohort=False) if isinstance(given, JourneyParameters) else asked
