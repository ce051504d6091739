"""What people expected of a model, and whether they accept how it is explained."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APPEND_ONLY = ("expectation", "surprise_answer", "driver_vote", "vote_answer", "interpretation_decision")
NO_SELF_ANSWER = "who said no cannot answer it"


def upgrade() -> None:
    _create(
        "expectation",
        _model(),
        _text("explanation_sha256"),
        *_person(),
        sa.Column("columns", db.types.JsonDocument, nullable=False),
        _text("skip_reason"),
        _moment("created_at"),
        unique=("model_id", "user_id"),
    )
    _create(
        "surprise_answer",
        _model(),
        *(_text(name) for name in ("explanation_sha256", "kind", "column", "sentence")),
        *_person(),
        _moment("created_at"),
        unique=("model_id", "explanation_sha256", "kind", "column"),
        check=("kind", "kind IN ('unexpected', 'weak', 'opposite')"),
    )
    _create(
        "driver_vote",
        _model(),
        *(_text(name) for name in ("explanation_sha256", "column")),
        *_person(),
        sa.Column("version", sa.Integer(), nullable=False),
        *(_text(name) for name in ("vote", "reason")),
        _moment("created_at"),
        unique=("model_id", "explanation_sha256", "column", "user_id", "version"),
        check=("vote", "vote IN ('sense', 'surprised', 'no', 'kept', 'withdrawn')"),
    )
    _create("vote_answer", _vote(), *_person(), _text("sentence"), _moment("created_at"))
    _create(
        "interpretation_decision",
        _model(),
        *(_text(name) for name in ("model_digest", "explanation_sha256")),
        sa.Column("version", sa.Integer(), nullable=False),
        *(_text(name) for name in ("verdict", "reason")),
        *_person(),
        _moment("decided_at"),
        unique=("model_id", "version"),
        check=("verdict", "verdict IN ('accepted', 'not_accepted')"),
    )
    _create_guards()


def downgrade() -> None:
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)  # takes its triggers along
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_own_answer()")


def _create(
    table: str,
    parent: sa.Column[Any],
    *columns: sa.Column[Any],
    unique: tuple[str, ...] = (),
    check: tuple[str, str] | None = None,
) -> None:
    """A table with an id, one parent that is indexed, and a person."""
    names = "_".join(unique)
    constraints: list[sa.Constraint] = [
        sa.ForeignKeyConstraint(
            [parent.name],
            ["driver_vote.id" if parent.name == "vote_id" else "model.id"],
            name=op.f(f"fk_{table}_{parent.name}_{'driver_vote' if parent.name == 'vote_id' else 'model'}"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
    if unique:
        constraints.append(sa.UniqueConstraint(*unique, name=op.f(f"uq_{table}_{names}")))
    if check:
        constraints.append(sa.CheckConstraint(check[1], name=op.f(f"ck_{table}_{check[0]}")))
    op.create_table(table, sa.Column("id", sa.String(), nullable=False), parent, *columns, *constraints)
    op.create_index(op.f(f"ix_{table}_{parent.name}"), table, [parent.name])


def _model() -> sa.Column[Any]:
    return sa.Column("model_id", sa.String(), nullable=False)


def _vote() -> sa.Column[Any]:
    return sa.Column("vote_id", sa.String(), nullable=False)


def _person() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return sa.Column("user_id", sa.String(), nullable=False), _text("role_at_time")


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, db.types.UtcDateTime(timezone=True), nullable=False)


def _create_guards() -> None:
    """Refuse in the database itself what no code may do: rewrite what was said, or answer one's own "no"."""
    own = "EXISTS (SELECT 1 FROM driver_vote AS vote WHERE vote.id = NEW.vote_id AND vote.user_id = NEW.user_id)"
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        op.execute(
            f"CREATE TRIGGER vote_answer_not_by_voter BEFORE INSERT ON vote_answer WHEN {own} "
            f"BEGIN SELECT RAISE(ABORT, '{NO_SELF_ANSWER}'); END"
        )
        return
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE FUNCTION refuse_own_answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {own} THEN RAISE EXCEPTION '{NO_SELF_ANSWER}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER vote_answer_not_by_voter BEFORE INSERT ON vote_answer "
        "FOR EACH ROW EXECUTE FUNCTION refuse_own_answer()"
    )
