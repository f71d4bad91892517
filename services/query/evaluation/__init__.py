"""Figures of every kind: what has to be read for them, and what they are.

An `Evaluation` takes all figures of one answer, so that each hash is read once and all of it in
one transaction: its `commands` go to the store in one plan, `answer` makes of the replies a
`Value` for each `Wish`, in their order.
"""

from services.query.evaluation.evaluation import Evaluation
from services.query.evaluation.kept import Plans
from services.query.evaluation.live import Live
from services.query.evaluation.scores import next_due
from services.query.evaluation.wish import Value, Wish

__all__ = ["Evaluation", "Live", "Plans", "Value", "Wish", "next_due"]
