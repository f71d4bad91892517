"""What a cohort report asks for, for whoever decides who may see it. Pure."""

from __future__ import annotations

from schemas.access import Ask, Form, Subject
from services.query.cohorts.parameters import CallsParameters, CohortParameters
from services.query.links import cohort_ask


def ask_of(subject: Subject, form: Form, given: CohortParameters | CallsParameters) -> Ask:
    """Return what the filters ask for: an employee, a department, or all.

    Laws:   of no figure by name, so that no board shows it.
    """
    employee = given.employee if isinstance(given, CohortParameters) else ""
    return cohort_ask(subject, form, employee, given.department, given.sub)
