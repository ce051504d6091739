"""A name that somebody gives never becomes a path: no spelling writes or reads outside the folder of the data."""

import hashlib
import http.client
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from db.artifacts import ArtifactMissingError, ArtifactStore
from db.session import transaction
from services.connections.commands import create_connection
from services.connections.views import NewConnection
from services.datasets.commands.receiving import receive_file
from services.datasets.errors import UnreadableFileError
from services.datasets.intake import clean_file_name, read_upload
from services.datasets.limits import get_reading_limits
from services.datasets.parser import answer
from services.datasets.queries import get_decisions_text, get_table_csv
from services.datasets.reading import ReadingChoices, read_file
from services.jobs.commands import cancel_job
from services.people.commands import open_session
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_connections import SQLITE_SIGN
from tests.makers_datasets import make_dataset
from tests.portal.conftest import Server

TABLE = b"a,b\n1,2\n3,4\n"
CANARY = "canary-of-a-file-outside"
SPELLINGS = (
    "../x",
    "../../x",
    "../../../../../../../../etc/passwd",
    "..\\x",
    "..\\..\\..\\windows\\win.ini",
    "../..\\x",
    "a/../../x",
    "a\\..\\..\\x",
    "./../x",
    "....//x",
    "....\\\\x",
    "..././x",
    "..;/x",
    "//etc/passwd",
    "/etc/passwd",
    "/var/x",
    "\\\\server\\share\\x",
    "\\\\?\\C:\\x",
    "\\\\.\\pipe\\x",
    "C:\\x",
    "C:x",
    "c:/x",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "s3://bucket/x",
    "memory://x",
    "http://127.0.0.1/x",
    "local:///etc/passwd",
    "zip://x::/etc/passwd.zip",
    "~",
    "~/x",
    "~root/x",
    "$HOME/x",
    "${HOME}/x",
    "%USERPROFILE%\\x",
    "`pwd`/x",
    "%2e%2e/x",
    "%2e%2e%2fx",
    "..%2fx",
    "..%5cx",
    "%252e%252e%252fx",
    "..%c0%afx",
    "..%u2215x",
    "..\u2215x",  # division slash
    "..\u2044x",  # fraction slash
    "..\uff0fx",  # fullwidth slash
    "..\uff3cx",  # fullwidth backslash
    "\uff0e\uff0e/x",  # fullwidth dots
    "\u2025/x",  # two dot leader
    "\u202e/..x",  # right to left
    "..\x00/x",
    "../x\x00.csv",
    "x\x00/../../y",
    "../x\r\n",
    ".",
    "..",
    "...",
    ". . /x",
    "../x. . .",
    " ../x ",
    "CON",
    "NUL.txt",
    "x:stream",
    "-rf /x",
    "a" * 900 + "/../x",
    "../" * 300 + "x",
    "/proc/self/environ",
    "/dev/stdin",
    "artifacts/../portal.sqlite",
    ".ssh/authorized_keys",
    "0" * 63 + "/",
    "0" * 64 + "/../x",
)


def names() -> list[str]:
    """Each spelling as it is and as the name of a table."""
    return [name for spelling in SPELLINGS for name in (spelling, f"{spelling}.csv")]


def files_under(folder: Path, *, beside: Path) -> dict[str, tuple[int, int]]:
    """Every file of a folder, except those under `beside`: its size and when it was written."""
    found = (path for path in folder.rglob("*") if not path.is_relative_to(beside))
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in found if not path.is_dir()}


def is_only_a_name(name: str) -> bool:
    return not re.search(r"[/\\\x00-\x1f]", name) and len(name.encode("utf-16-le")) <= 2 * 1_000


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the data in `var`, where the process works in `work`, and a file nobody may reach."""
    for name in ("var", "work", "tmp"):
        (tmp_path / name).mkdir(exist_ok=True)
    (tmp_path / "x").write_text(CANARY)
    (tmp_path / "x.csv").write_text(CANARY)
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path


def test_there_are_enough_spellings() -> None:
    assert len(set(SPELLINGS)) == len(SPELLINGS) >= 60


def test_no_spelling_is_a_digest(world: Path) -> None:
    store = ArtifactStore(str(world / "var"))
    digest = store.put(TABLE)
    before = files_under(world, beside=world / "nothing")
    for name in (*names(), f"../{digest}", f"{digest}/", f"{digest} ", f"{digest[:-1]}/", str(world / "x")):
        asks: list[Callable[[str], Any]] = [store.get, store.exists, store.size, store.verify]
        asks += [lambda name: store.fetch(name, world / "fetched"), lambda name: opened(store, name)]
        for ask in asks:
            with pytest.raises(ArtifactMissingError):
                ask(name)
    assert files_under(world, beside=world / "nothing") == before


def opened(store: ArtifactStore, name: str) -> None:
    with store.open_verified(name):
        pass


def test_a_table_is_read_without_its_name_becoming_a_path(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def in_this_process(
        source: Path, file_name: str, choices: ReadingChoices, folder: Path, *, min_rows: int, **_: object
    ) -> dict[str, Any]:
        request = {"source": str(source), "file_name": file_name, "folder": str(folder)}
        return answer({**request, "choices": choices.document(), "min_rows": min_rows}, get_reading_limits())

    monkeypatch.setattr("services.datasets.reading.run_parser", in_this_process)
    source, folder = world / "var" / "source", world / "var" / "read"
    source.write_bytes(TABLE)
    folder.mkdir()
    before, n_read = files_under(world, beside=folder), 0
    for name in names():
        try:
            upload = read_upload(name, TABLE)
            read_file(source, name, ReadingChoices(), folder)
        except UnreadableFileError as refused:
            assert CANARY not in refused.sentence
            continue
        n_read += 1
        assert is_only_a_name(upload.file_name), name
        assert upload.profile.n_rows == 2
        assert [path.name for path in folder.iterdir()] == ["table.parquet"]
    assert n_read >= len(SPELLINGS) // 2
    assert files_under(world, beside=folder) == before


def test_what_is_received_keeps_a_cleaned_name_in_no_file(engine: Engine, world: Path) -> None:
    with transaction(engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, actor).id
        of: dict[str, Any] = {"actor": actor, "project_id": project_id}
        before = files_under(world, beside=world / "var" / "artifacts") if engine.dialect.name != "sqlite" else None
        for number, name in enumerate((*SPELLINGS, "\ud800/../x.csv", "x\ud800.csv")):
            job = receive_file(session, file_name=name, source_sha256="0" * 64, n_bytes=len(TABLE), **of)
            assert is_only_a_name(job.request["file_name"]), name
            cancel_job(session, actor=actor, job_id=job.id)
            wanted = NewConnection(name=f"File {number}", kind="sqlite", file_name=name)
            made = create_connection(session, wanted=wanted, content=SQLITE_SIGN, **of)
            assert is_only_a_name(made.place), name
    stored = [path for path in (world / "var" / "artifacts").rglob("*") if path.is_file()]
    assert [path.name for path in stored] == [hashlib.sha256(SQLITE_SIGN).hexdigest()]
    assert before is None or files_under(world, beside=world / "var" / "artifacts") == before


def test_what_is_written_from_a_version_of_any_name_is_text_alone(engine: Engine, world: Path) -> None:
    for name in SPELLINGS[::12]:
        with transaction(engine) as session:
            actor = make_actor(session, Role.DATA_SCIENTIST)
            project_id = make_project(session, actor).id
            dataset = make_dataset(session, actor, project_id, file_name=clean_file_name(name))
            assert get_table_csv(session, actor=actor, dataset_id=dataset.id)
            assert CANARY not in get_decisions_text(session, actor=actor, dataset_id=dataset.id)
    assert not list((world / "work").iterdir())
    assert not list((world / "tmp").iterdir())


def test_no_route_writes_or_reads_outside(server: Server) -> None:
    data = Path(str(server.engine.url.database)).parent
    (data.parent / "x").write_text(CANARY)
    (data.parent / "x.csv").write_text(CANARY)
    with transaction(server.engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, actor).id
        token = open_session(session, user_id=actor.user_id, method="test").token
    before, kept = files_under(data.parent, beside=data), set(files_under(data, beside=data / "scratch"))
    with server.browser(token) as client:
        for name in SPELLINGS:
            sent = client.post("/api/v1/datasets", params={"project_id": project_id, "file_name": name}, content=TABLE)
            assert sent.status_code == 202 or 400 <= sent.status_code < 500, (name, sent.text)
            if sent.status_code == 202:
                assert client.delete(f"/api/v1/jobs/{sent.json()['id']}").status_code == 200
            for field in ({"project_id": name, "file_name": "a.csv"}, {"project_id": project_id, name: "a.csv"}):
                assert 400 <= client.post("/api/v1/datasets", params=field, content=TABLE).status_code < 500, name
    assert files_under(data.parent, beside=data) == before
    new = {Path(path).name for path in set(files_under(data, beside=data / "scratch")) - kept}
    assert new <= {hashlib.sha256(TABLE).hexdigest()}


def test_no_address_shows_a_file_outside(server: Server) -> None:
    data = Path(str(server.engine.url.database)).parent
    (data.parent / "x").write_text(CANARY)
    sign_in = server.sign_in(Role.DATA_SCIENTIST)
    with server.browser(sign_in.token) as client:
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    for route in ("/media/", "/app/static/", "/static/", "/api/v1/jobs/", "/api/v1/projects/", "/v2/models/"):
        for name in SPELLINGS:
            for spelled in {quote(name, safe="/%\\:~.;$"), quote(name, safe="")}:
                connection.request("GET", route + spelled, headers=headers)  # as it is: this client mends no address
                response = connection.getresponse()
                body = response.read()
                assert response.status < 500, (route, name)
                assert CANARY.encode() not in body, (route, name)
                assert b"root:" not in body, (route, name)
                assert b"SQLite format 3" not in body, (route, name)
    connection.close()
