"""Predictions over HTTP, through the guard: who may ask, what is answered, and what never leaves."""

import json
from functools import partial
from typing import Any

import anyio
import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from db.session import transaction
from portal.api.app import build_api
from portal.api.inference import MAX_ROWS, InferenceRequest
from portal.guard.middleware import Guard
from portal.settings import PortalSettings
from services.deployments.serving import get_scorer_cache
from services.errors import InvalidInputError
from services.people.commands import create_api_token, revoke_api_token
from tests.makers_predictions import ROWS, fit, make_predicting
from tests.makers_reviews import Case, approve, edit_payoffs, edit_recipe, make_case

CANARY = "CANARY-4711"


class Client:
    """The API behind its guard, asked without a socket."""

    def __init__(self) -> None:
        self._app = Guard(build_api(), PortalSettings(hosts=("portal.test",)))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return anyio.run(partial(self._ask, "GET", path, **options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        return anyio.run(partial(self._ask, "POST", path, **options))

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as client:
            return await client.request(method, path, **options)


@pytest.fixture
def client(engine: Engine) -> Client:
    get_scorer_cache.cache_clear()
    return Client()


@pytest.fixture
def case(engine: Engine) -> Case:
    with transaction(engine) as session:
        return make_case(session, **make_predicting())


@pytest.fixture
def token(engine: Engine, case: Case) -> str:
    return _token(engine, case)


def _token(engine: Engine, case: Case) -> str:
    with transaction(engine) as session:
        return create_api_token(session, actor=case.scientist, project_id=case.project_id, name="Test")[1]


def _approve(engine: Engine, case: Case) -> None:
    with transaction(engine) as session:
        approve(session, case)


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _tensor(name: str, datatype: str, data: list[Any]) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": [len(data)], "data": data}


def _body(**changes: Any) -> dict[str, Any]:
    inputs = [_tensor("tenure", "FP64", ROWS["tenure"]), _tensor("contract", "BYTES", ROWS["contract"])]
    return {"id": "42", "inputs": inputs, **changes}


def test_the_whole_way_blocked_approved_stale(client: Client, engine: Engine, case: Case, token: str) -> None:
    url, headers = f"/v2/models/{case.model.name}/infer", _bearer(token)
    blocked = client.post(url, json=_body(), headers=headers)
    assert blocked.status_code == 403
    assert "Ask for a sign-off" in blocked.json()["error"]
    _approve(engine, case)
    answered = client.post(url, json=_body(), headers=headers)
    assert answered.status_code == 200
    assert answered.headers["x-model-digest"] == case.model.digest
    assert answered.headers["x-model-version"] == "1"
    assert answered.headers["x-request-id"]
    with transaction(engine) as session:
        edit_payoffs(session, case.project_id, case.business, caught_value_amount=150.0)
    stale = client.post(url, json=_body(), headers=headers)
    assert stale.status_code == 403
    assert "value of a caught case changed from €190 to €150" in stale.json()["error"]


def test_the_answer_follows_the_protocol_and_the_pipeline(
    client: Client, engine: Engine, case: Case, token: str
) -> None:
    _approve(engine, case)
    answer = client.post(f"/v2/models/{case.model.name}/infer", json=_body(), headers=_bearer(token)).json()
    assert (answer["model_name"], answer["model_version"], answer["id"]) == (case.model.name, "1", "42")
    outputs = {output["name"]: output for output in answer["outputs"]}
    assert list(outputs) == ["prediction", "probability_No", "probability_Yes", "decision"]
    assert {output["shape"][0] for output in outputs.values()} == {2}
    assert [output["datatype"] for output in outputs.values()] == ["BYTES", "FP64", "FP64", "BOOL"]
    np.testing.assert_allclose(outputs["probability_Yes"]["data"], fit().probabilities(ROWS)[:, 1], atol=1e-6)
    assert outputs["decision"]["data"] == [score >= 0.3 for score in outputs["probability_Yes"]["data"]]


def test_only_the_outputs_that_were_asked_for_are_answered(
    client: Client, engine: Engine, case: Case, token: str
) -> None:
    _approve(engine, case)
    url, headers = f"/v2/models/{case.model.name}/infer", _bearer(token)
    answer = client.post(url, json=_body(outputs=[{"name": "decision"}]), headers=headers).json()
    assert [output["name"] for output in answer["outputs"]] == ["decision"]
    refused = client.post(url, json=_body(outputs=[{"name": "odds"}]), headers=headers)
    assert refused.status_code == 422


def test_missing_values_are_nulls_and_unseen_categories_are_warned_about(
    client: Client, engine: Engine, case: Case, token: str
) -> None:
    _approve(engine, case)
    body = _body(inputs=[_tensor("tenure", "INT64", [5]), _tensor("contract", "BYTES", ["Ten years"])])
    answer = client.post(f"/v2/models/{case.model.name}/infer", json=body, headers=_bearer(token)).json()
    assert "contract" in answer["parameters"]["warnings"]
    assert "Ten years" not in answer["parameters"]["warnings"]


def test_rows_may_be_spelled_as_the_source_spells_them(client: Client, engine: Engine, case: Case, token: str) -> None:
    url, headers = f"/v2/models/{case.model.name}/infer", _bearer(token)
    with transaction(engine) as session:
        edit_recipe(
            session,
            case,
            {"kind": "trim_text", "columns": ["contract", "payment"]},
            {"kind": "merge_spellings", "column": "contract", "mapping": {"monthly": "Month-to-month"}},
            {"kind": "to_number", "column": "tenure", "decimal_comma": True},
        )
    _approve(engine, case)
    inputs = [
        _tensor("tenure", "BYTES", ["1,5", "70", "3"]),
        _tensor("contract", "BYTES", ["monthly", "Two year", " Two year "]),
    ]
    answer = client.post(url, json=_body(inputs=inputs), headers=headers).json()
    clean = _body(
        inputs=[
            _tensor("tenure", "FP64", [1.5, 70, 3]),
            _tensor("contract", "BYTES", ["Month-to-month", "Two year", "Two year"]),
        ]
    )
    assert answer["outputs"] == client.post(url, json=clean, headers=headers).json()["outputs"]
    assert "parameters" not in answer


def test_without_such_a_step_a_number_is_not_sent_as_text(
    client: Client, engine: Engine, case: Case, token: str
) -> None:
    _approve(engine, case)
    inputs = [_tensor("tenure", "BYTES", ["1"]), _tensor("contract", "BYTES", ["Two year"])]
    refused = client.post(f"/v2/models/{case.model.name}/infer", json=_body(inputs=inputs), headers=_bearer(token))
    assert (refused.status_code, "“tenure” is a number" in refused.json()["error"]) == (422, True)


@pytest.mark.parametrize(
    "path", ["/v2", "/v2/models/{name}", "/v2/models/{name}/ready", "/api/v1/models/{name}/allowed"]
)
def test_nobody_learns_nothing(client: Client, case: Case, path: str) -> None:
    address = path.format(name=case.model.name)
    for headers in ({}, _bearer("pk_unknown_secret"), _bearer("")):
        assert client.get(address, headers=headers).status_code == 401


def test_without_a_token_there_is_no_prediction(client: Client, engine: Engine, case: Case, token: str) -> None:
    _approve(engine, case)
    url = f"/v2/models/{case.model.name}/infer"
    assert client.post(url, json=_body()).status_code in (401, 403)
    assert client.post(url, json=_body(), headers=_bearer(token[:-1] + "x")).status_code == 401
    with transaction(engine) as session:
        revoke_api_token(session, actor=case.scientist, token_id=token.split("_")[1])
    assert client.post(url, json=_body(), headers=_bearer(token)).status_code == 401


def test_a_token_of_another_project_finds_no_model(client: Client, engine: Engine, case: Case) -> None:
    _approve(engine, case)
    with transaction(engine) as session:
        other = make_case(session)
    headers = _bearer(_token(engine, other))
    for name in (case.model.name, "no-such-model", "..%2f..%2fetc"):
        assert client.post(f"/v2/models/{name}/infer", json=_body(), headers=headers).status_code == 404
        for path in (f"/v2/models/{name}", f"/v2/models/{name}/ready", f"/api/v1/models/{name}/allowed"):
            assert client.get(path, headers=headers).status_code == 404


@pytest.mark.parametrize("path", ["/v2/models/{}", "/v2/models/{}/ready", "/api/v1/models/{}/allowed"])
def test_a_token_cannot_find_out_which_models_other_projects_have(
    client: Client, engine: Engine, case: Case, path: str
) -> None:
    with transaction(engine) as session:
        other = make_case(session)
    headers = _bearer(_token(engine, other))
    answers = [client.get(path.format(name), headers=headers) for name in (case.model.name, "no-such-model-1")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()


def test_the_metadata_names_inputs_and_outputs(client: Client, case: Case, token: str) -> None:
    assert client.get("/v2", headers=_bearer(token)).json()["name"] == "drivetrain-portal"
    metadata = client.get(f"/v2/models/{case.model.name}", headers=_bearer(token)).json()
    assert [(given["name"], given["datatype"]) for given in metadata["inputs"]] == [
        ("tenure", "FP64"),
        ("contract", "BYTES"),
    ]
    assert [output["name"] for output in metadata["outputs"]] == [
        "prediction",
        "probability_No",
        "probability_Yes",
        "decision",
    ]


def test_readiness_and_allowance_say_why_not(client: Client, engine: Engine, case: Case, token: str) -> None:
    ready, allowed = f"/v2/models/{case.model.name}/ready", f"/api/v1/models/{case.model.name}/allowed"
    assert client.get(ready, headers=_bearer(token)).status_code == 503
    before = client.get(allowed, headers=_bearer(token)).json()
    assert (before["allowed"], before["digest"]) == (False, case.model.digest)
    _approve(engine, case)
    assert client.get(ready, headers=_bearer(token)).json()["ready"] is True
    after = client.get(allowed, headers=_bearer(token)).json()
    assert after["allowed"] is True
    assert after["reason"].startswith("Approved by")


TOO_MANY = [1.0] * (MAX_ROWS + 1)
BAD_BODIES: dict[str, Any] = {
    "not JSON": b"{" + CANARY.encode(),
    "nested too deeply": b"[" * 100_000,
    "an unknown field": _body(secret=CANARY),
    "an unknown tensor field": _body(inputs=[_tensor("tenure", "FP64", [1]) | {"note": CANARY}]),
    "an unknown column": _body(inputs=[*_body()["inputs"], _tensor("tenancy", "BYTES", [CANARY, CANARY])]),
    "a missing column": _body(inputs=[_tensor("contract", "BYTES", [CANARY])]),
    "text for a number": _body(inputs=[_tensor("tenure", "FP64", [CANARY]), _tensor("contract", "BYTES", ["x"])]),
    "text sent as text for a number": _body(inputs=[_tensor("tenure", "BYTES", [CANARY])]),
    "an unknown datatype": _body(inputs=[_tensor("tenure", CANARY, [1])]),
    "a wrong shape": _body(inputs=[_tensor("tenure", "FP64", [1]) | {"shape": [7]}]),
    "a nested list": _body(inputs=[_tensor("tenure", "FP64", [[CANARY]])]),
    "a column twice": _body(inputs=[_tensor("tenure", "FP64", [1]), _tensor("tenure", "FP64", [2])]),
    "not a number": b'{"inputs":[{"name":"tenure","shape":[1],"datatype":"FP64","data":[NaN]}]}',
    "an infinity": b'{"inputs":[{"name":"tenure","shape":[1],"datatype":"FP64","data":[1e999]}]}',
    "no rows": _body(inputs=[_tensor("tenure", "FP64", []), _tensor("contract", "BYTES", [])]),
    "different lengths": _body(inputs=[_tensor("tenure", "FP64", [1]), _tensor("contract", "BYTES", ["a", CANARY])]),
    "too many rows": _body(inputs=[_tensor("tenure", "FP64", TOO_MANY)]),
    "no inputs": _body(inputs=[]),
    "a list": b"[]",
    "nothing": b"",
}


def test_bad_input_is_refused_with_a_sentence_and_never_repeated(
    client: Client, engine: Engine, case: Case, token: str
) -> None:
    _approve(engine, case)
    url = f"/v2/models/{case.model.name}/infer"
    for name, body in BAD_BODIES.items():
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        refused = client.post(url, content=content, headers=_bearer(token))
        assert refused.status_code in (400, 422), (name, refused.status_code, refused.text)
        assert refused.json()["error"].endswith("."), name
        assert CANARY not in refused.text, name


def test_a_body_beyond_the_limit_is_refused(client: Client, engine: Engine, case: Case, token: str) -> None:
    _approve(engine, case)
    huge = b'{"inputs":"' + b"x" * (17 * 1024 * 1024) + b'"}'
    assert client.post(f"/v2/models/{case.model.name}/infer", content=huge, headers=_bearer(token)).status_code == 413


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(CANARY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "data", "shape"]), inner),
    max_leaves=6,
)


@settings(max_examples=200)
@given(st.fixed_dictionaries({"inputs": json_values | st.lists(st.fixed_dictionaries({"name": json_values}))}))
def test_whatever_is_sent_is_a_request_or_a_sentence(body: dict[str, Any]) -> None:
    try:
        InferenceRequest.parse(json.dumps(body).encode())
    except InvalidInputError as error:
        assert CANARY not in error.sentence
