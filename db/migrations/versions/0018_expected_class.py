"""Of several classes, the one that somebody's expectation of a model is about."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No table is made anew for it: the triggers that keep what was said would be lost with the old one.
    op.add_column("expectation", sa.Column("towards", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("expectation", "towards")
