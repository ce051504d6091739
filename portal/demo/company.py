"""The people of the demo company and the projects they have begun, written through the same commands as any other."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from db.session import reading, transaction
from db.tables import Project, User
from portal.demo.table import TARGET, make_customers
from services.audit.actor import SYSTEM, Actor
from services.automl.commands import start_run
from services.datasets.commands import choose_target, describe_column, exclude_column, upload_dataset
from services.datasets.intake import read_upload
from services.datasets.upload import ParsedUpload
from services.errors import ConflictError
from services.people.commands import create_user
from services.people.permissions import Role
from services.projects.commands import add_member, create_project
from services.proposals.commands import save_objective
from services.proposals.lever import Lever
from services.proposals.objective import Constraints, DataNeed, Objective
from services.valuation.assumptions import Assumptions
from services.valuation.commands import save_valuation

PROJECT = "Keep more customers"
RUN_SECONDS, RUN_TRIALS = 45.0, 12

_PEOPLE = {
    "ana": ("Ana Costa", Role.BUSINESS),
    "tomas": ("Tomás Ruiz", Role.DATA_SCIENTIST),
    "maren": ("Maren Holt", Role.MANAGER),
    "olu": ("Olu Ade", Role.AUDITOR),
    "ines": ("Ines Kaya", Role.ADMIN),
}
_DICTIONARY = {  # business name and unit
    TARGET: ("Customer leaves", ""),
    "region": ("Region", ""),
    "contract": ("Contract", ""),
    "tenure_months": ("Time with us", "months"),
    "monthly_charge": ("Monthly bill", "EUR"),
    "support_calls": ("Calls for help", "calls"),
    "late_payments": ("Late payments", ""),
    "data_gb_per_month": ("Data used", "GB"),
    "satisfaction": ("Satisfaction", "of 10"),
    "paperless": ("Bill without paper", ""),
}


@dataclass(frozen=True, slots=True)
class Company:
    """The people who act in the demo."""

    ana: Actor
    tomas: Actor
    maren: Actor


def make_company() -> None:
    """Fill an empty portal with the demo company; does nothing where it is there already.

    Raises
    ------
    ConflictError
        The portal has people who are not of the demo: it is somebody's own.
    """
    with reading() as session:
        people = list(session.exec(select(User.is_demo)))
    if people and not all(people):
        raise ConflictError("This portal has people of its own. Point PORTAL_DATA_DIR at a new folder for the demo.")
    if people:
        return
    upload = read_upload("customers.csv", make_customers().to_csv(index=False).encode())
    with transaction() as session:
        company = _add_people(session)
        _start_churn_project(session, company, upload)
        _start_stock_project(session, company)


def find_demo_run_project(session: Session) -> str | None:
    """The id of the project whose model waits for a sign-off once it is found."""
    return session.exec(select(Project.id).where(Project.name == PROJECT).order_by(col(Project.created_at))).first()


def find_person(session: Session, key: str) -> Actor:
    """A person of the demo company by the name before the @."""
    user = session.exec(select(User).where(User.email == _email(key))).one()
    return Actor(user_id=user.id, name=user.name, role=user.role, email=user.email)


def _email(key: str) -> str:
    return f"{key}@demo.example.com"


def _add_people(session: Session) -> Company:
    for key, (name, role) in _PEOPLE.items():
        create_user(session, actor=SYSTEM, email=_email(key), name=name, role=role).is_demo = True
    session.flush()
    return Company(*(find_person(session, key) for key in ("ana", "tomas", "maren")))


def _start_churn_project(session: Session, company: Company, upload: ParsedUpload) -> None:
    ana, tomas = company.ana, company.tomas
    project = create_project(
        session, actor=ana, sentence="Fewer customers should leave us at the end of their contract", name=PROJECT
    )
    for person in (tomas, company.maren):
        add_member(session, actor=ana, project_id=project.id, email=person.email)
    save_objective(session, actor=ana, project_id=project.id, objective=_churn_objective(), based_on=0)
    save_valuation(session, actor=ana, project_id=project.id, assumptions=_churn_figures(), based_on=0)
    dataset = upload_dataset(session, actor=tomas, project_id=project.id, upload=upload)
    dataset = exclude_column(
        session, actor=tomas, dataset_id=dataset.id, column="customer", reason="A number that only names the customer."
    )
    dataset = choose_target(session, actor=tomas, dataset_id=dataset.id, column=TARGET, positive_label="Yes")
    for column, (business_name, unit) in _DICTIONARY.items():
        describe_column(
            session, actor=ana, project_id=project.id, column=column, business_name=business_name, unit=unit
        )
    start_run(
        session,
        actor=tomas,
        project_id=project.id,
        dataset_id=dataset.id,
        budget_seconds=RUN_SECONDS,
        n_trials=RUN_TRIALS,
    )


def _start_stock_project(session: Session, company: Company) -> None:
    project = create_project(
        session,
        actor=company.ana,
        sentence="Spare parts should be in stock when a customer needs them",
        name="Fewer stock-outs",
    )
    add_member(session, actor=company.ana, project_id=project.id, email=company.tomas.email)


def _churn_objective() -> Objective:
    return Objective(
        sentence="Fewer customers should leave us at the end of their contract",
        metric="Customers who leave in a quarter",
        unit="% of customers",
        baseline=24.0,
        target=20.0,
        by_when=date(2027, 12, 31),
        how_measured="Contracts ended by customers in the quarter, from billing",
        decision="Which customers the retention team calls this week",
        decided_by="Head of customer care",
        outcome="Whether a customer leaves in the next quarter",
        levers=(
            Lever("Discount offered", "number", low=0, high=20, unit="%", unit_cost_amount=6.0, controlled_by="Sales"),
            Lever("Personal call", "yes_no", unit_cost_amount=19.0, controlled_by="Customer care"),
            Lever(
                "Contract offered",
                "choice",
                choices=("Monthly", "One year", "Two years"),
                column="contract",
                unit_cost_amount=45.0,
                assignment="randomised",  # as `make_customers` draws it
            ),
        ),
        data_needed=(
            DataNeed("Customers and contracts", "Billing", "have"),
            DataNeed("Reasons given", "Care", "collect"),
        ),
        constraints=Constraints(max_latency_ms=100.0, connectivity="online", privacy="No names, no addresses"),
    )


def _churn_figures() -> Assumptions:
    return Assumptions(
        currency="EUR",
        caught_value_amount=420.0,
        success_rate=0.35,
        false_alarm_amount=0.0,
        miss_amount=0.0,
        action_amount=25.0,
        cases_per_month=1_200.0,
        base_rate=0.24,
        capacity_per_month=400.0,
        project_amount=64_000.0,
        running_amount_per_month=1_500.0,
        horizon_months=24,
        yearly_discount_rate=0.08,
        source="report",
    )
