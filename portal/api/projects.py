"""Projects over HTTP."""

from fastapi import APIRouter

from portal.api.deps import CurrentCaller, CurrentPerson, Reading, Transaction
from portal.api.schemas import MeAnswer, NewProject, ProjectAnswer
from services.people.permissions import Permission
from services.projects.commands import create_project
from services.projects.queries import authorize_project, list_projects

router = APIRouter(prefix="/api/v1", tags=["projects"])


@router.get("/me")
def get_me(caller: CurrentCaller) -> MeAnswer:
    """Who the caller is to the portal."""
    return MeAnswer.of(caller)


@router.get("/projects")
def get_projects(actor: CurrentPerson, session: Reading) -> list[ProjectAnswer]:
    """The projects the caller is a member of, newest first."""
    return [ProjectAnswer.of(project) for project in list_projects(session, actor=actor)]


@router.post("/projects", status_code=201)
def post_project(new: NewProject, actor: CurrentPerson, session: Transaction) -> ProjectAnswer:
    """Start a project from one sentence."""
    return ProjectAnswer.of(create_project(session, actor=actor, sentence=new.sentence, name=new.name))


@router.get("/projects/{project_id}")
def get_project(project_id: str, actor: CurrentPerson, session: Reading) -> ProjectAnswer:
    """One project; 404 for everybody who is not a member."""
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    return ProjectAnswer.of(project)
