"""Recipes and origins of versions, health reports, a data dictionary, jobs, labels and connections."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_description",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("business_name", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("known_before_decision", sa.String(), nullable=False),
        sa.Column("sensitivity", sa.String(), nullable=False),
        sa.Column("actionability", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user_account.id"], name=op.f("fk_column_description_changed_by_user_account")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_column_description_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_description")),
        sa.UniqueConstraint("project_id", "column", name=op.f("uq_column_description_project_id_column")),
    )
    with op.batch_alter_table("column_description", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_column_description_project_id"), ["project_id"], unique=False)

    op.create_table(
        "connection",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("port", sa.Integer(), nullable=True),
        sa.Column("database", sa.String(), nullable=True),
        sa.Column("user_name", sa.String(), nullable=True),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("file_sha256", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_connection_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_connection_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_connection_project_id_name")),
    )
    with op.batch_alter_table("connection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_connection_project_id"), ["project_id"], unique=False)

    op.create_table(
        "health_report",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("table_sha256", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("positive_label", sa.String(), nullable=False),
        sa.Column("checks_version", sa.Integer(), nullable=False),
        sa.Column("document", db.types.JsonDocument, nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_health_report_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_report")),
        sa.UniqueConstraint(
            "project_id", "table_sha256", "target", "positive_label", "checks_version", name="uq_health_report"
        ),
    )
    with op.batch_alter_table("health_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_health_report_project_id"), ["project_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("request", db.types.JsonDocument, nullable=False),
        sa.Column("result", db.types.JsonDocument, nullable=True),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("worker_id", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_job_created_by_user_account")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_job_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "label_task",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("dataset_version_id", sa.String(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("classes", db.types.JsonDocument, nullable=False),
        sa.Column("guideline", sa.String(), nullable=False),
        sa.Column("positive_class", sa.String(), nullable=True),
        sa.Column("second_rater_share", sa.Float(), nullable=False),
        sa.Column("queue", db.types.JsonDocument, nullable=False),
        sa.Column("drawn", db.types.JsonDocument, nullable=False),
        sa.Column("cards_sha256", sa.String(), nullable=True),
        sa.Column("queue_round", sa.Integer(), nullable=False),
        sa.Column("model", db.types.JsonDocument, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_label_task_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["dataset_version_id"],
            ["dataset_version.id"],
            name=op.f("fk_label_task_dataset_version_id_dataset_version"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_label_task_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_task")),
    )
    with op.batch_alter_table("label_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_label_task_project_id"), ["project_id"], unique=False)

    op.create_table(
        "label",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("rater_id", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["rater_id"], ["user_account.id"], name=op.f("fk_label_rater_id_user_account")),
        sa.ForeignKeyConstraint(["task_id"], ["label_task.id"], name=op.f("fk_label_task_id_label_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label")),
        sa.UniqueConstraint("task_id", "row", "rater_id", "source", name="uq_label_rater"),
    )
    with op.batch_alter_table("label", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_label_task_id"), ["task_id"], unique=False)

    op.create_table(
        "row_verdict",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_row_verdict_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_row_verdict_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_verdict")),
        sa.UniqueConstraint("job_id", "row", name=op.f("uq_row_verdict_job_id_row")),
    )
    with op.batch_alter_table("row_verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_row_verdict_job_id"), ["job_id"], unique=False)

    with op.batch_alter_table("dataset_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("base_sha256", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("recipe", db.types.JsonDocument, nullable=True))
        batch_op.add_column(sa.Column("origin", db.types.JsonDocument, nullable=True))
    versions = sa.table(
        "dataset_version",
        sa.column("base_sha256", sa.String()),
        sa.column("table_sha256", sa.String()),
        sa.column("recipe", db.types.JsonDocument),
        sa.column("origin", db.types.JsonDocument),
    )
    op.execute(versions.update().values(base_sha256=versions.c.table_sha256, recipe=[], origin={}))
    with op.batch_alter_table("dataset_version", schema=None) as batch_op:
        for column in ("base_sha256", "recipe", "origin"):
            batch_op.alter_column(column, nullable=False)
    _guard_versions()


BOUND = (
    "project_id, version, parent_id, source_sha256, base_sha256, table_sha256, recipe, target, positive_label, "
    "excluded, sha256, created_by, created_at"
)


def _guard_versions() -> None:
    """A version of the data is never rewritten: what a sign-off binds, and where it came from, stay as they are."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER dataset_version_no_update BEFORE UPDATE OF {BOUND} ON dataset_version "
            "BEGIN SELECT RAISE(ABORT, 'dataset_version is append-only'); END"
        )
    else:
        op.execute(
            f"CREATE TRIGGER dataset_version_no_update BEFORE UPDATE OF {BOUND} ON dataset_version "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _drop_guard() -> None:
    on_table = "" if op.get_bind().dialect.name == "sqlite" else " ON dataset_version"
    op.execute(f"DROP TRIGGER dataset_version_no_update{on_table}")


def downgrade() -> None:
    _drop_guard()
    for table in ("row_verdict", "label", "label_task", "connection", "column_description", "health_report", "job"):
        op.drop_table(table)
    with op.batch_alter_table("dataset_version", schema=None) as batch_op:
        for column in ("origin", "recipe", "base_sha256"):
            batch_op.drop_column(column)
