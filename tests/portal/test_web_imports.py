"""The web process never loads what trains: not at its start, not on any page, not for a prediction."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.session import transaction
from db.tables import Run
from services.automl.analysis_task import AnalysisTask
from services.people.commands import create_api_token
from services.people.permissions import Role
from tests.makers import make_actor, make_sign_in
from tests.makers_analyses import make_analysis, make_groups_report
from tests.makers_predictions import ROWS, make_predicting
from tests.makers_reviews import approve, make_case
from tests.makers_simulation import make_kept_simulation
from tests.portal.conftest import ROOT

STEMS = sorted(path.stem for path in (ROOT / "pages").glob("[a-z]*.py"))
FORBIDDEN = ("sklearn", "optuna", "shap", "lightgbm", "skops", "dbos", "skl2onnx", "onnxmltools", "numba")

# What `portal serve` imports and builds, then every page in it and the API behind its guard, in one fresh interpreter.
_WALK = """
import json, sys
from functools import partial
import anyio, httpx
from streamlit.testing.v1 import AppTest
from portal.asgi import build_app, require_migrated, _warm_up
from portal.api.app import build_api
from portal.guard.middleware import Guard
from portal.settings import PortalSettings
from portal.ui.actor import SESSION_CLAIM
from services.deployments.scoring_process import get_scoring_process

plan = json.loads(sys.stdin.read())
build_app(PortalSettings())._build_starlette_app()
require_migrated()
_warm_up()
said = {}
for stem, session_id in plan["pages"].items():
    page = AppTest.from_file(plan["script"], default_timeout=60)
    page.user = {SESSION_CLAIM: session_id}
    page.query_params.update(plan["ids"])
    page.switch_page(f"../pages/{stem}.py")
    page.run()
    said[stem] = [e.message for e in page.exception] + [e.value for k in (page.error, page.warning) for e in k]
    said[stem] += [] if page.title else ["no title"]

async def ask(name):
    guarded = Guard(build_api(), PortalSettings(hosts=("portal.test",)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url="http://portal.test") as client:
        headers = {"authorization": "Bearer " + plan["tokens"][name]}
        return await client.post(f"/v2/models/{name}/infer", json=plan["body"], headers=headers)

answers = {name: anyio.run(partial(ask, name)).status_code for name in plan["tokens"]}
pid = get_scoring_process().pid
get_scoring_process().close()
loaded = sorted({name.split(".")[0] for name in sys.modules} & set(plan["forbidden"]))
print(json.dumps({"said": said, "answers": answers, "loaded": loaded, "has_asked_scoring_process": pid is not None}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_page_and_both_kinds_of_prediction_load_nothing_that_trains(engine: Engine, tmp_path: Path) -> None:
    plan = _arrange(engine)
    outcome = subprocess.run(
        [sys.executable, "-c", _WALK],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=240,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert outcome.returncode == 0, outcome.stderr[-2_000:]
    found = json.loads(outcome.stdout.splitlines()[-1])
    assert sorted(found["said"]) == STEMS
    assert {stem: said for stem, said in found["said"].items() if said} == {}
    assert set(found["answers"].values()) == {200}
    assert found["has_asked_scoring_process"]
    assert found["loaded"] == []


def _arrange(engine: Engine) -> dict[str, object]:
    """Two approved models, one with a twin and one without, and somebody who may open each page."""
    with transaction(engine) as session:
        twin = make_case(session, **make_predicting())
        pipeline = make_case(session, **make_predicting(with_twin=False))
        approved = approve(session, twin)
        approve(session, pipeline)
        admin = make_actor(session, Role.ADMIN)
        sign_ins = {actor: make_sign_in(session, actor.user_id).id for actor in (twin.scientist, twin.manager, admin)}
        readers = {"people": admin, "audit": twin.manager, "review": twin.manager}
        tensors = [("tenure", "FP64"), ("contract", "BYTES")]
        return {
            "script": str(ROOT / "portal" / "app.py"),
            "forbidden": FORBIDDEN,
            "pages": {stem: sign_ins[readers.get(stem, twin.scientist)] for stem in STEMS},
            "ids": {
                "project": twin.project_id,
                "model": twin.model.id,
                "run": twin.model.run_id,
                "review": approved.id,
                "simulation": make_kept_simulation(session, twin.scientist, twin.model),
                "analysis": make_analysis(
                    session,
                    twin.scientist,
                    session.get_one(Run, twin.model.run_id).dataset_version_id,
                    twin.project_id,
                    AnalysisTask.CLUSTERING,
                    make_groups_report(),
                ),
            },
            "tokens": {
                case.model.name: create_api_token(
                    session, actor=case.scientist, project_id=case.project_id, name="Test"
                )[1]
                for case in (twin, pipeline)
            },
            "body": {
                "inputs": [
                    {"name": name, "datatype": datatype, "shape": [2], "data": ROWS[name]} for name, datatype in tensors
                ]
            },
        }
