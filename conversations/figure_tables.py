"""The tables of what is counted: `figures` and `rush` about nobody and for ever, the rest for as long as it is needed.

A contact is one time that a citizen comes with something. What was counted of it is
noted, so that it can be moved when it turns out what it is about or what he thinks of it.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, Table, Text

from conversations.tables import json_column, metadata

BEGUN = "begun"
TRANSFERRED = "transferred"
FIRST_LINE = "first_line"  # finished by the first person who had it
REASONS = ("asked", "not_understood", "dissatisfied", "other")
OUTCOMES = ("closed", "given_back", "silent", "left", "ended")
SCORES = (1, 2, 3, 4, 5)
WAITED = (15, 30, 60, 120, 300, 600, 1200, 3600)
"""Seconds until a person took it, each the end of a bucket; the last bucket has no end."""
HANDLED = (60, 120, 300, 600, 1200, 2400, 3600, 14400)
"""Seconds from there until it was over."""

BECAUSE = tuple(f"because_{reason}" for reason in REASONS)
ENDINGS = tuple(f"ended_{outcome}" for outcome in OUTCOMES)
WAITS = tuple(f"waited_{place}" for place in range(len(WAITED) + 1))
HANDLINGS = tuple(f"handled_{place}" for place in range(len(HANDLED) + 1))
BOT_SCORES = tuple(f"bot_{score}" for score in SCORES)
PERSON_SCORES = tuple(f"person_{score}" for score in SCORES)
TASKS = ("tasks_bot", "tasks_agent", "tasks_dms")  # by who made them
DONE_REACHED, DONE_HANDLED, DONE_GIVEN_UP = "done_reached", "done_handled", "done_given_up"
MISROUTED = "misrouted"  # a conversation or a task that was with the wrong team
MEASURES = (
    *(BEGUN, *BECAUSE, *WAITS, *HANDLINGS, TRANSFERRED, FIRST_LINE, *ENDINGS),
    *(*BOT_SCORES, *PERSON_SCORES),
    *(*TASKS, DONE_REACHED, DONE_HANDLED, DONE_GIVEN_UP, MISROUTED),
)
OF_AGENT = (*HANDLINGS, TRANSFERRED, *PERSON_SCORES)

figures = Table(
    "figures",
    metadata,
    Column("day", Date, primary_key=True),  # in the city
    Column("channel", Text, primary_key=True),
    Column("team", Text, primary_key=True),  # empty: no person was asked for
    Column("topic", Text, primary_key=True),  # empty: not known
    *(Column(measure, Integer, nullable=False, server_default="0") for measure in MEASURES),
)

contacts = Table(
    "contacts",
    metadata,
    Column("conversation", Text, ForeignKey("conversations.id"), primary_key=True),
    Column("day", Date, nullable=False),
    Column("channel", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("person", Boolean, nullable=False),  # one was asked for
    json_column("counted"),  # measures
)

rush = Table(
    "rush",
    metadata,
    Column("month", Date, primary_key=True),  # its first day: an hour of one day could be somebody's
    Column("weekday", Integer, primary_key=True),  # 0: Monday
    Column("hour", Integer, primary_key=True),  # in the city
    Column("team", Text, primary_key=True),  # of which a person was asked; empty: whoever began a contact
    Column("times", Integer, nullable=False),
)

agent_figures = Table(
    "agent_figures",
    metadata,
    Column("month", Date, primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("team", Text, primary_key=True),
    *(Column(measure, Integer, nullable=False, server_default="0") for measure in OF_AGENT),
)
