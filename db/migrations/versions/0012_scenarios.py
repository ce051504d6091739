"""Simulations that people gave a name."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parameters", db.types.JsonDocument, nullable=False),
        sa.Column("report_sha256", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_scenario_created_by_user_account")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_scenario_job_id_job")),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_scenario_model_id_model")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_scenario_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("job_id", name=op.f("uq_scenario_job_id")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_scenario_project_id_name")),
    )
    op.create_index(op.f("ix_scenario_project_id"), "scenario", ["project_id"])
    op.create_index(op.f("ix_scenario_model_id"), "scenario", ["model_id"])


def downgrade() -> None:
    op.drop_table("scenario")
