"""How large a gap between groups is accepted, and what comparisons of groups found."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TOLERANCE, ASSESSMENT = "fairness_tolerance", "fairness_assessment"


def upgrade() -> None:
    op.create_table(
        TOLERANCE,
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "project_id")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("harm", sa.String(), nullable=False),
        sa.Column("largest_gap", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("n_seen", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("sha256", "created_by", "role_at_time")),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("harm IN ('missed', 'false_alarm', 'error')", name=op.f(f"ck_{TOLERANCE}_harm")),
        sa.CheckConstraint("largest_gap >= 0", name=op.f(f"ck_{TOLERANCE}_largest_gap")),
        *_keys(TOLERANCE, {"project_id": "project", "created_by": "user_account"}),
        sa.UniqueConstraint("project_id", "version", name=op.f(f"uq_{TOLERANCE}_project_id_version")),
    )
    op.create_table(
        ASSESSMENT,
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "project_id", "model_id", "job_id")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("n_columns", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("standing", "verdict", "report_sha256", "sha256")),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "standing IN ('within', 'beyond', 'untold', 'none')", name=op.f(f"ck_{ASSESSMENT}_standing")
        ),
        sa.CheckConstraint(
            "verdict IN ('indicated', 'possible', 'not indicated', 'too few')", name=op.f(f"ck_{ASSESSMENT}_verdict")
        ),
        *_keys(
            ASSESSMENT, {"project_id": "project", "model_id": "model", "job_id": "job", "created_by": "user_account"}
        ),
        sa.UniqueConstraint("job_id", name=op.f(f"uq_{ASSESSMENT}_job_id")),
        sa.UniqueConstraint("model_id", "version", name=op.f(f"uq_{ASSESSMENT}_model_id_version")),
    )
    op.create_index(op.f(f"ix_{TOLERANCE}_project_id"), TOLERANCE, ["project_id"])
    for name in ("project_id", "model_id"):
        op.create_index(op.f(f"ix_{ASSESSMENT}_{name}"), ASSESSMENT, [name])
    for table in (TOLERANCE, ASSESSMENT):
        _refuse_changes(table)


def downgrade() -> None:
    for table in (ASSESSMENT, TOLERANCE):
        op.drop_table(table)  # takes its triggers along


def _keys(table: str, foreign: dict[str, str]) -> list[sa.Constraint]:
    return [
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"))
            for name, other in foreign.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _refuse_changes(table: str) -> None:
    """Refuse in the database itself to rewrite what was agreed and found."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
