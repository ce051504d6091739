"""Initiatives, the work that projects take, and what they brought."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "initiative",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("budget_amount", sa.Float(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_initiative_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_initiative_owner_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
    )
    op.create_index(op.f("ix_initiative_owner_id"), "initiative", ["owner_id"])
    op.create_table(
        "project_plan",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=True),
        sa.Column("person_days", sa.Float(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user_account.id"], name=op.f("fk_project_plan_changed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_project_plan_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_plan_project_id_project")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_plan")),
    )
    op.create_index(op.f("ix_project_plan_initiative_id"), "project_plan", ["initiative_id"])
    op.create_table(
        "benefit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("corrects_id", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("method IN ('hold_out', 'differences', 'before_after')", name=op.f("ck_benefit_method")),
        sa.ForeignKeyConstraint(["corrects_id"], ["benefit.id"], name=op.f("fk_benefit_corrects_id_benefit")),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_benefit_created_by_user_account")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_benefit_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_benefit_corrects_id")),
    )
    op.create_index(op.f("ix_benefit_project_id"), "benefit", ["project_id"])


def downgrade() -> None:
    op.drop_table("benefit")
    op.drop_table("project_plan")
    op.drop_table("initiative")
