"""Runs the migrations on the connection that `conversations.database.migrate` hands over.

One history for the whole database, the filings' tables included. A migration is
written by hand: the next number, `revision`, `down_revision`, `upgrade`. The test of
the migrations tells what is still missing, in Alembic's own words.
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
