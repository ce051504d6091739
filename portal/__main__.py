"""The command line: `python -m portal --help`. Whatever is heavy is imported by the command that needs it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from portal.recreation import recreate_run
from services.automl.processes import start_fork_server
from services.errors import PortalError

if TYPE_CHECKING:
    from portal.settings import PortalSettings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Drivetrain Portal.")
user = typer.Typer(no_args_is_help=True, help="People.")
token = typer.Typer(no_args_is_help=True, help="API tokens.")
audit = typer.Typer(no_args_is_help=True, help="The audit log.")
secret = typer.Typer(no_args_is_help=True, help="The key that stored passwords are encrypted with.")
for name, group in (("user", user), ("token", token), ("audit", audit), ("secret", secret)):
    app.add_typer(group, name=name)
app.command("recreate")(recreate_run)

Host = Annotated[str | None, typer.Option(help="Address to listen on; the default is this machine only.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.")]


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Start the web process alone. It needs a migrated database, and a worker elsewhere for model runs."""
    from portal.asgi import run_server

    run_server(host=host, port=port)


@app.command()
def work() -> None:
    """Start a worker. As many as you like, on any machine that reaches the same database and storage."""
    from portal.worker import run_worker

    run_worker()


@app.command()
def run(host: Host = None, port: Port = None) -> None:
    """Migrate, then run the web process and one worker until Ctrl-C. An empty portal gets a one-time set-up link."""
    from portal.supervisor import announce, supervise, web_and_worker

    migrate()
    settings = _settings(host, port)
    announce(settings.host, settings.port, _welcome(settings))
    raise typer.Exit(supervise(web_and_worker(settings.host, settings.port)))


@app.command()
def demo(port: Port = None) -> None:
    """The same with a demo company, on this machine only. Its data is in var/demo unless PORTAL_DATA_DIR says else."""
    os.environ["PORTAL_DEMO"] = "true"
    os.environ.setdefault("PORTAL_DATA_DIR", str(Path("var") / "demo"))
    from portal.demo.company import make_company
    from portal.demo.story import playing
    from portal.supervisor import announce, supervise, web_and_worker

    settings = _settings("127.0.0.1", port)
    migrate()
    make_company()
    address = f"http://{settings.host}:{settings.port}"
    announce(settings.host, settings.port, f"The demo company is open at {address}. Choose whom to look around as.")
    with playing():
        code = supervise(web_and_worker(settings.host, settings.port))
    raise typer.Exit(code)


@app.command()
def migrate() -> None:
    """Bring the database to the version of this portal."""
    from db.engine import get_engine
    from db.migrations import latest_revision
    from db.migrations import migrate as upgrade

    upgrade(get_engine())
    typer.echo(f"The tables are at revision {latest_revision()}.")


@user.command("add")
def add_user(
    email: Annotated[str, typer.Argument(help="E-mail address to sign in with.")],
    name: Annotated[str, typer.Option(help="Name as others see it.")],
    role: Annotated[str, typer.Option(help="business, data_scientist, manager, auditor or admin.")],
) -> None:
    """Add a person and print a one-time link with which they choose their password."""
    from db.session import transaction
    from services.audit.actor import SYSTEM
    from services.people.commands import create_invitation, create_user

    with transaction() as session:
        person = create_user(session, actor=SYSTEM, email=email, name=name, role=role)
        secret = create_invitation(session, actor=SYSTEM, user_id=person.id)
    typer.echo(f"{person.name} chooses a password at {_address(_settings())}/invitation?token={secret}")


@token.command("create")
def create_token(
    email: Annotated[str, typer.Argument(help="Whose token it is: a data scientist of the project.")],
    project: Annotated[str, typer.Argument(help="The project, by its short name in addresses, or its id.")],
    name: Annotated[str, typer.Option(help="What uses it, such as 'nightly scoring'.")],
    days: Annotated[int, typer.Option(help="How long it works.")] = 90,
) -> None:
    """Issue an API token for one project. It is printed once and stored as a hash only."""
    from db.session import transaction
    from services.people.commands import create_api_token
    from services.people.queries import find_actor
    from services.projects.queries import list_projects

    with transaction() as session:
        actor = find_actor(session, email=email)
        if actor is None:
            _fail("Nobody with this e-mail address has an account.")
        found = [item.id for item in list_projects(session, actor=actor) if project in (item.id, item.slug)]
        if not found:
            _fail("There is no such project, or this person is not a member of it.")
        _, secret = create_api_token(session, actor=actor, project_id=found[0], name=name, days=days)
    typer.echo(secret)


@app.command()
def automl(
    train: Annotated[Path, typer.Option(help="CSV file to learn from.")],
    budget: Annotated[float, typer.Option(help="Seconds from the start of this process to the report.")],
    out: Annotated[Path, typer.Option(help="JSON file to write the report to.")],
    target: Annotated[str | None, typer.Option(help="Column to predict or forecast.")] = None,
    test: Annotated[
        Path | None, typer.Option(help="CSV file to test on; without it a part of --train is kept.")
    ] = None,
    task: Annotated[
        str, typer.Option(help="auto, binary, multiclass, regression; clustering, anomaly; forecasting.")
    ] = "auto",
    metric: Annotated[str | None, typer.Option(help="roc_auc, log_loss, average_precision, rmse, ...")] = None,
    seed: Annotated[int, typer.Option(help="The same seed and budget give the same search.")] = 0,
    save: Annotated[Path | None, typer.Option(help="Folder for the fitted pipeline.")] = None,
    trials: Annotated[int | None, typer.Option(help="At most so many models are tried.")] = None,
    split: Annotated[str, typer.Option(help="auto, random, time, group or group_time.")] = "auto",
    group: Annotated[str | None, typer.Option(help="Column that names what belongs together.")] = None,
    time: Annotated[str | None, typer.Option(help="Column that says when, for a forecast or a split by time.")] = None,
    gap: Annotated[
        float, typer.Option(help="What is past at prediction: days in a split by time, steps in a forecast.")
    ] = 0.0,
    series: Annotated[str | None, typer.Option(help="Column that tells several series apart.")] = None,
    horizon: Annotated[int | None, typer.Option(help="How many steps to forecast.")] = None,
    known: Annotated[list[str] | None, typer.Option(help="Column known in advance; may be repeated.")] = None,
    season: Annotated[int | None, typer.Option(help="After how many steps a pattern repeats.")] = None,
    label: Annotated[str | None, typer.Option(help="Column that says which rows are unusual.")] = None,
) -> None:
    """Search for a model, for groups, for unusual rows or for a forecast in a CSV file, without a portal."""
    from services.automl.analysis_task import AnalysisTask

    if task in set(AnalysisTask):
        from services.automl.headless_analysis import request_of, run_headless_analysis

        if not gap.is_integer():
            _fail("A forecast counts its gap in whole steps.")
        request = request_of(
            task,
            seed=seed,
            label_column=label,
            target=target,
            time=time,
            horizon=horizon,
            series=series,
            known=known or (),
            gap=int(gap),
            season=season,
        )
        run_headless_analysis(request, train=train, budget=budget, out=out, save=save)
        return
    if target is None:
        _fail("Name the column to predict with --target, or choose --task clustering or --task anomaly.")
    start_fork_server()  # its libraries take seconds to load, beside those of this process
    from services.automl.headless import run_headless

    run_headless(
        train=train,
        target=target,
        budget=budget,
        out=out,
        test=test,
        task=task,
        metric=metric,
        seed=seed,
        save=save,
        max_trials=trials,
        split={"kind": split, "time": time, "group": group, "gap": gap},
    )


@audit.command("verify")
def verify_audit(
    head: Annotated[str | None, typer.Option(help="The head hash you kept elsewhere; finds a cut-off end.")] = None,
) -> None:
    """Recompute the whole chain and name the first broken event."""
    from db.session import reading
    from services.audit.queries import get_chain_report

    with reading() as session:
        chain = get_chain_report(session)
    if not chain.is_intact:
        _fail(f"{chain.fault} {chain.n_events} events before it are intact.")
    if head is not None and head != chain.head_hash:
        _fail(f"The chain is intact but ends in {chain.head_hash}, not in {head}: events are missing or were added.")
    typer.echo(f"{chain.n_events} events are in place and unchanged. Head: {chain.head_hash}")


@secret.command("rotate")
def rotate_secret() -> None:
    """Encrypt all stored passwords with a new key: the first of PORTAL_SECRET_KEY, or one made in the data folder."""
    from db.session import transaction
    from portal.secret_rotation import rotate

    with transaction() as session:
        report = rotate(session)
    for sentence in report.sentences:
        typer.echo(sentence)
    raise typer.Exit(int(not report.is_complete))


@app.command()
def backup(folder: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Write every table and every artefact to a folder, while the portal goes on."""
    from db.artifacts import get_artifact_store
    from db.engine import get_engine
    from portal.backup import write_backup

    kept = write_backup(folder.absolute(), engine=get_engine(), store=get_artifact_store())
    typer.echo(f"Kept {kept.n_rows} rows, {kept.n_artifacts} artefacts, {kept.n_events} audit events in {folder}.")


@app.command()
def restore(folder: Annotated[Path, typer.Argument(help="A folder made by `backup`.")]) -> None:
    """Fill an empty portal from a backup, after verifying it. Works between SQLite and PostgreSQL."""
    from db.artifacts import get_artifact_store
    from db.engine import get_engine
    from portal.backup import restore_backup

    report = restore_backup(folder.absolute(), engine=get_engine(), store=get_artifact_store())
    typer.echo(f"Restored {report.n_rows} rows and {report.n_artifacts} artefacts; the audit chain is intact.")


@app.command()
def check(host: Host = None, port: Port = None) -> None:
    """Report database, tables, storage, workers, settings and audit; exit code 1 where something must not stay so."""
    from db.artifacts import get_artifact_store
    from db.engine import get_engine
    from db.settings import get_database_settings
    from portal.checks import Surroundings, run_checks

    found = run_checks(Surroundings(_settings(host, port), get_database_settings(), get_engine(), get_artifact_store()))
    for finding in found:
        typer.echo(f"{finding.outcome:<12}{finding.name:<12}{finding.sentence}")
    raise typer.Exit(int(any(finding.outcome == "failed" for finding in found)))


def main() -> None:
    """Run one command; a refusal is a sentence and exit code 1, not a trace."""
    try:
        app(prog_name="portal")
    except PortalError as error:
        _fail(error.sentence)


def _settings(host: str | None = None, port: int | None = None) -> "PortalSettings":
    from portal.settings import get_portal_settings

    return get_portal_settings().with_address(host, port)


def _welcome(settings: "PortalSettings") -> str:
    from db.session import transaction
    from services.people.commands import create_setup_link
    from services.people.queries import is_set_up

    with transaction() as session:
        if is_set_up(session):
            return f"The portal is open at {_address(settings)}."
        secret = create_setup_link(session)
    return f"Set the portal up with this link, once, within a day: {_address(settings)}/set-up?token={secret}"


def _address(settings: "PortalSettings") -> str:
    is_public = settings.behind_tls and settings.hosts
    return f"https://{settings.hosts[0]}" if is_public else f"http://{settings.host}:{settings.port}"


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
