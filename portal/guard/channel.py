"""An open WebSocket outlives clicks; its session may end meanwhile.

Every message is checked. Streamlit runs callbacks before the script and its gate, so a message of an ended session is
replaced by a plain rerun, whose gate then says that the session has ended.
"""

import time

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # no stubs are installed
from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from portal.guard.access import find_person

_CHECK_EVERY_SECONDS = 1.0


class SessionChannel:
    """The receiving side of one WebSocket, bound to the session token it was opened with."""

    def __init__(self, receive: Receive, token: str) -> None:
        self._receive = receive
        self._token = token
        self._checked_at = 0.0
        self._is_open = True

    async def __call__(self) -> Message:
        """The next message, harmless if the session has ended."""
        message = await self._receive()
        if message["type"] != "websocket.receive" or message.get("bytes") is None:
            return message
        if not await self._is_session_open(message["bytes"]):
            return {**message, "bytes": plain_rerun(message["bytes"])}
        return message

    async def _is_session_open(self, content: bytes) -> bool:
        now = time.monotonic()
        if self._is_open and now - self._checked_at >= _CHECK_EVERY_SECONDS:
            by_hand = not is_automatic(content)  # a page that refreshes itself does not keep a session alive
            self._is_open = await run_in_threadpool(find_person, self._token, touch=by_hand) is not None
            self._checked_at = now
        return self._is_open


def is_automatic(content: bytes) -> bool:
    """Whether a message was sent by a timer and not by a person."""
    message = _parse(content)
    return message.rerun_script.is_auto_rerun or message.app_heartbeat


def plain_rerun(content: bytes) -> bytes:
    """A rerun of the same page without widget values, hence without callbacks."""
    state = _parse(content).rerun_script
    kept = ClientState(query_string=state.query_string, page_script_hash=state.page_script_hash)
    return bytes(BackMsg(rerun_script=kept).SerializeToString())


def _parse(content: bytes) -> BackMsg:
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except DecodeError:
        return BackMsg()
    return message
