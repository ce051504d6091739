"""What keeps a trial from becoming the model, and in which direction a lever moves the outcome."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.add_column(sa.Column("beyond_limits", sa.String(), nullable=True))
    with op.batch_alter_table("lever", schema=None) as batch_op:
        batch_op.add_column(sa.Column("direction", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("lever", schema=None) as batch_op:
        batch_op.drop_column("direction")
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.drop_column("beyond_limits")
