"""Jobs over HTTP: seen, answered and stopped by those who may."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from db.session import transaction
from db.tables import Job
from services.audit.actor import Actor
from services.people.commands import create_api_token, open_session
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_jobs import make_asking, make_job, make_reading
from tests.portal.conftest import Server


@dataclass(frozen=True)
class Arranged:
    """A data scientist with a browser, and three jobs of their project."""

    client: httpx.Client
    actor: Actor
    project_id: str
    waiting: str
    asking: str
    other_kind: str


@pytest.fixture
def arranged(server: Server) -> Iterator[Arranged]:
    with transaction(server.engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, actor).id
        jobs = [
            make_reading(session, actor, project_id).id,
            make_asking(session, actor, project_id).id,
            make_job(session, actor, project_id, kind="labels.noise").id,
        ]
        token = open_session(session, user_id=actor.user_id, method="test").token
    with server.browser(token) as client:
        yield Arranged(client, actor, project_id, *jobs)


def requests_of(job_id: str) -> list[tuple[str, str, dict[str, object] | None]]:
    path = f"/api/v1/jobs/{job_id}"
    return [("GET", path, None), ("POST", f"{path}/answers", {"answers": ["day"]}), ("DELETE", path, None)]


def test_a_job_is_seen_with_its_questions(arranged: Arranged) -> None:
    waiting = arranged.client.get(f"/api/v1/jobs/{arranged.waiting}").json()
    assert (waiting["state"], waiting["questions"], waiting["failure"]) == ("queued", [], None)
    asking = arranged.client.get(f"/api/v1/jobs/{arranged.asking}").json()
    (question,) = asking["questions"]
    assert (asking["state"], question["column"]) == ("done", "when")
    assert [option["value"] for option in question["options"]] == ["day", "month"]
    assert question["preview"] == [["when"], ["03/04/2024"]]


def test_an_answer_queues_the_next_reading_once(server: Server, arranged: Arranged) -> None:
    path = f"/api/v1/jobs/{arranged.asking}/answers"
    assert arranged.client.post(path, json={"answers": ["neither"]}).status_code == 422
    assert arranged.client.post(path, json={"answers": []}).status_code == 422
    again = arranged.client.post(path, json={"answers": ["month"]})
    assert (again.status_code, again.json()["state"]) == (202, "queued")
    with transaction(server.engine) as session:
        request = session.get_one(Job, again.json()["id"]).request
    assert request["choices"]["date_orders"] == {"when": "month"}
    assert arranged.client.post(path, json={"answers": ["month"]}).status_code == 409


@pytest.mark.parametrize("field", ["choices", "created_by", "state", "result", "project_id", "source_sha256"])
def test_no_field_is_taken_that_is_not_offered(arranged: Arranged, field: str) -> None:
    body = {"answers": ["day"], field: "canary-7"}
    answer = arranged.client.post(f"/api/v1/jobs/{arranged.asking}/answers", json=body)
    assert answer.status_code == 422
    assert "canary-7" not in answer.text


def test_a_job_is_stopped_once(arranged: Arranged) -> None:
    path = f"/api/v1/jobs/{arranged.waiting}"
    assert arranged.client.delete(path).json()["state"] == "cancelled"
    assert arranged.client.delete(path).status_code == 409


def test_nobody_and_no_stranger_gets_anything(server: Server, arranged: Arranged) -> None:
    with server.nobody(origin=server.url) as client:
        for method, path, body in requests_of(arranged.asking):
            assert client.request(method, path, json=body).status_code == 401
    for role in (Role.DATA_SCIENTIST, Role.BUSINESS, Role.MANAGER, Role.ADMIN):
        with server.browser(server.sign_in(role).token) as stranger:
            for job_id in (arranged.asking, "0" * 32):
                answers = [stranger.request(method, path, json=body) for method, path, body in requests_of(job_id)]
                assert [answer.status_code for answer in answers] == [404] * 3
                assert {answer.json()["error"] for answer in answers} == {
                    "There is no such job, or you are not a member of its project."
                }


def test_a_member_of_another_role_looks_and_changes_nothing(server: Server, arranged: Arranged) -> None:
    with transaction(server.engine) as session:
        auditor = make_actor(session, Role.AUDITOR)
        token = open_session(session, user_id=auditor.user_id, method="test").token
    with server.browser(token) as client:
        answers = [client.request(method, path, json=body) for method, path, body in requests_of(arranged.asking)]
    assert [answer.status_code for answer in answers] == [200, 403, 403]


def test_a_token_reaches_the_readings_of_its_project_only(server: Server, arranged: Arranged) -> None:
    with transaction(server.engine) as session:
        issue = {"actor": arranged.actor, "project_id": arranged.project_id, "name": "ETL"}
        _, writing = create_api_token(session, **issue, scopes=["datasets:write"])  # type: ignore[arg-type]
        _, asking = create_api_token(session, **issue)  # type: ignore[arg-type]
        elsewhere = make_project(session, arranged.actor).id
        _, foreign = create_api_token(
            session, actor=arranged.actor, project_id=elsewhere, name="ETL", scopes=["datasets:write"]
        )
    statuses = {}
    for name, text in (("writing", writing), ("asking", asking), ("foreign", foreign)):
        with server.nobody(authorization=f"Bearer {text}") as machine:
            statuses[name] = [
                machine.get(f"/api/v1/jobs/{job_id}").status_code for job_id in (arranged.waiting, arranged.other_kind)
            ]
    assert statuses == {"writing": [200, 404], "asking": [403, 403], "foreign": [404, 404]}
