"""How large a gap between groups is accepted."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = "fairness_tolerance"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("harm", sa.String(), nullable=False),
        sa.Column("largest_gap", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("n_seen", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("role_at_time", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("harm IN ('missed', 'false_alarm', 'error')", name=op.f(f"ck_{TABLE}_harm")),
        sa.CheckConstraint("largest_gap >= 0", name=op.f(f"ck_{TABLE}_largest_gap")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f(f"fk_{TABLE}_project_id_project")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{TABLE}_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("project_id", "version", name=op.f(f"uq_{TABLE}_project_id_version")),
    )
    op.create_index(op.f(f"ix_{TABLE}_project_id"), TABLE, ["project_id"])
    _create_guards()


def downgrade() -> None:
    op.drop_table(TABLE)  # takes its triggers along


def _create_guards() -> None:
    """Refuse in the database itself to rewrite what was agreed."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
