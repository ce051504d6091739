"""Costs and benefits item by item, each with its range; none for figures saved before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("valuation_version", schema=None) as batch_op:
        document = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
        batch_op.add_column(sa.Column("plan", document, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("valuation_version", schema=None) as batch_op:
        batch_op.drop_column("plan")
