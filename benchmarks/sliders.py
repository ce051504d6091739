"""How fast the worth of a plan follows a slider: `python -m benchmarks.sliders`.

A real WebSocket session against a real server process: the page of costs and benefits with 40 items, then one move of a
slider after the other, each read to the end of its rerun (10,000 draws, sentences and the figure).
"""

import argparse
import asyncio
import itertools
import os
import statistics
import tempfile
import time
from dataclasses import replace
from typing import NamedTuple

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.reruns import Server, connected, exchange, rerun, serving

GOAL_MS = 200
N_ITEMS = 40
_PAGE, _SLIDER = "plan", "Acting works, % of cases"


class Place(NamedTuple):
    """Where the slider is: its id, and the fragment that is drawn anew when it moves."""

    slider: str
    fragment: str


def prepare(folder: str) -> tuple[str, str]:
    """A project with many items in a fresh database; a session cookie and the address of the project."""
    os.environ["PORTAL_DATA_DIR"] = folder
    from benchmarks.valuation import make_plan
    from db.engine import get_engine
    from db.migrations import migrate
    from db.session import transaction
    from portal.demo.company import find_demo_run_project, find_person, make_company
    from services.people.commands import open_session
    from services.valuation.commands import save_valuation
    from services.valuation.queries import find_valuation

    migrate(get_engine())
    make_company()
    with transaction() as session:
        ana, project_id = find_person(session, "ana"), find_demo_run_project(session)
        assert project_id is not None
        saved = find_valuation(session, actor=ana, project_id=project_id)
        assert saved is not None
        items = tuple(replace(item, is_benefit=False) for item in make_plan(0.0).items)
        full = replace(saved.assumptions, items=items[:N_ITEMS])
        save_valuation(session, actor=ana, project_id=project_id, assumptions=full, based_on=saved.version)
        return open_session(session, user_id=ana.user_id, method="benchmark").token, f"project={project_id}"


def parsed(contents: list[bytes]) -> list[ForwardMsg]:
    """What the server drew, as messages."""
    return [ForwardMsg.FromString(content) for content in contents]


def find_slider(drawn: list[ForwardMsg]) -> Place:
    """The slider among what the page drew."""
    for message in drawn:
        element = message.delta.new_element
        if message.WhichOneof("type") == "delta" and element.slider.label == _SLIDER:
            return Place(element.slider.id, message.delta.fragment_id)
    raise SystemExit("The page drew no slider.")


def move(place: Place, query: str, value: float) -> bytes:
    """The message a browser sends when the slider stands at `value`."""
    message = BackMsg()
    message.ParseFromString(rerun(_PAGE, query))
    message.rerun_script.fragment_id = place.fragment
    state = message.rerun_script.widget_states.widgets.add()
    state.id = place.slider
    state.double_array_value.data.append(value)
    content: bytes = message.SerializeToString()
    return content


async def measure(server: Server, token: str, query: str, moves: int) -> list[float]:
    """Milliseconds of each move, the first few left out."""
    times = []
    async with connected(server, token) as socket:
        place = find_slider(parsed(await exchange(socket, rerun(_PAGE, query))))
        for value in itertools.islice(itertools.cycle([40.0, 55.0, 70.0, 85.0, 60.0]), moves + 5):
            begun = time.perf_counter()
            drawn = await exchange(socket, move(place, query, value))
            times.append((time.perf_counter() - begun) * 1_000)
            if not any(message.delta.new_element.WhichOneof("type") == "plotly_chart" for message in parsed(drawn)):
                raise SystemExit("A move of the slider drew no figure.")
    return times[5:]


def main() -> None:
    """Print the median, the 95th percentile and the slowest move."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=100)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        token, query = prepare(folder)
        with serving(folder) as server:
            before = server.cpu_milliseconds
            times = sorted(asyncio.run(measure(server, token, query, arguments.moves)))
            processor = (server.cpu_milliseconds - before) / (len(times) + 6)
    slow = times[int(0.95 * (len(times) - 1))]
    print(
        f"{len(times)} moves: median {statistics.median(times):.0f} ms, p95 {slow:.0f} ms, slowest {times[-1]:.0f} ms "
        f"(goal {GOAL_MS}); processor {processor:.0f} ms each; load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
