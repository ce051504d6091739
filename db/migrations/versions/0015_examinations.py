"""What people assert of the models of a project, and the reasons they give for findings of checks."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

APPEND_ONLY = ("model_assertion", "check_answer")


def upgrade() -> None:
    op.create_table(
        "model_assertion",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", db.types.JsonDocument, nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        *_said(),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_model_assertion_project_id_project")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_model_assertion_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_assertion")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_model_assertion_key_version")),
    )
    op.create_index(op.f("ix_model_assertion_project_id"), "model_assertion", ["project_id"])
    op.create_table(
        "check_answer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("report_sha256", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        *_said(),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_check_answer_model_id_model")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_check_answer_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_answer")),
        sa.UniqueConstraint("model_id", "code", "version", name=op.f("uq_check_answer_model_id_code_version")),
    )
    op.create_index(op.f("ix_check_answer_model_id"), "check_answer", ["model_id"])
    _create_guards()


def downgrade() -> None:
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)  # takes its triggers along


def _said() -> tuple[sa.Column[str], ...]:
    return (
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("role_at_time", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
    )


def _create_guards() -> None:
    """Refuse in the database itself what no code may do: rewrite what was said."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
