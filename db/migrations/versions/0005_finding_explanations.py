"""Why findings of the checks are right as they are."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finding_explanation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("finding_sha256", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_finding_explanation_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_finding_explanation_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_explanation")),
        sa.UniqueConstraint(
            "project_id", "finding_sha256", name=op.f("uq_finding_explanation_project_id_finding_sha256")
        ),
    )
    with op.batch_alter_table("finding_explanation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_explanation_project_id"), ["project_id"], unique=False)


def downgrade() -> None:
    op.drop_table("finding_explanation")
