"""What Alembic runs: the steps that are missing, on the connection it was given.

Owns nothing; `migrating` has opened the transaction and ends it.
"""

from alembic import context

_attributes = context.config.attributes
context.configure(connection=_attributes["connection"], version_table=_attributes["version_table"])
context.run_migrations()
