"""Messages on an open WebSocket."""

from collections.abc import Iterator

import anyio
from sqlalchemy import Engine
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from db.session import transaction
from portal.guard.channel import SessionChannel, is_automatic, plain_rerun
from services.people.commands import open_session, revoke_sessions
from tests.makers import make_user

CLICK = BackMsg(
    rerun_script=ClientState(
        query_string="project=7",
        page_script_hash="abc",
        widget_states=WidgetStates(widgets=[WidgetState(id="approve", trigger_value=True)]),
    )
).SerializeToString()


def _next(channel: SessionChannel) -> Message:
    async def receive() -> Message:
        return await channel()

    return anyio.run(receive)


def _channel(token: str, messages: list[Message]) -> SessionChannel:
    waiting: Iterator[Message] = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    return SessionChannel(receive, token)


def test_a_click_of_an_open_session_passes_unchanged(engine: Engine) -> None:
    with transaction(engine) as session:
        opened = open_session(session, user_id=make_user(session).id, method="test")
    channel = _channel(opened.token, [{"type": "websocket.receive", "bytes": CLICK}])
    assert _next(channel)["bytes"] == CLICK


def test_a_click_after_the_session_has_ended_loses_its_widgets(engine: Engine) -> None:
    with transaction(engine) as session:
        opened = open_session(session, user_id=make_user(session).id, method="test")
        revoke_sessions(session, actor=opened.actor, user_id=opened.actor.user_id)
    channel = _channel(opened.token, [{"type": "websocket.receive", "bytes": CLICK}] * 2)
    for _ in range(2):
        state = BackMsg.FromString(_next(channel)["bytes"]).rerun_script
        assert not state.widget_states.widgets
        assert (state.query_string, state.page_script_hash) == ("project=7", "abc")


def test_a_goodbye_passes_without_a_question() -> None:
    goodbye: Message = {"type": "websocket.disconnect", "code": 1000}
    assert _next(_channel("no such token", [goodbye])) == goodbye


def test_a_timer_is_told_from_a_person() -> None:
    timer = BackMsg(rerun_script=ClientState(is_auto_rerun=True)).SerializeToString()
    assert is_automatic(timer)
    assert is_automatic(BackMsg(app_heartbeat=True).SerializeToString())
    assert not is_automatic(CLICK)


def test_what_is_no_message_becomes_a_plain_rerun() -> None:
    assert BackMsg.FromString(plain_rerun(b"\xff\xff\xff")).WhichOneof("type") == "rerun_script"
