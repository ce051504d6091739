"""How the web process and the scoring process talk: one JSON head and one body of bytes per message, over pipes."""

import io
import json
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.ipc as ipc

_LENGTH_BYTES = 8
MAX_BODY_BYTES = 1 << 30


def write_message(stream: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    """Send one message: two lengths (8 bytes each, big-endian), the head, the body."""
    encoded = json.dumps(head).encode()
    stream.write(len(encoded).to_bytes(_LENGTH_BYTES) + len(body).to_bytes(_LENGTH_BYTES) + encoded)
    stream.write(body)
    stream.flush()


def read_message(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Receive one message.

    Raises
    ------
    EOFError
        The other side has gone.
    """
    lengths = _read_exactly(stream, 2 * _LENGTH_BYTES)
    n_head, n_body = int.from_bytes(lengths[:_LENGTH_BYTES]), int.from_bytes(lengths[_LENGTH_BYTES:])
    if max(n_head, n_body) > MAX_BODY_BYTES:
        raise EOFError("The other side does not keep to the protocol.")
    head: dict[str, Any] = json.loads(_read_exactly(stream, n_head))
    return head, _read_exactly(stream, n_body)


def frame_to_bytes(frame: pd.DataFrame) -> bytes:
    """A table as an Arrow stream, with its pandas types."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    sink = io.BytesIO()
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def frame_from_bytes(content: bytes) -> pd.DataFrame:
    """The table that `frame_to_bytes` wrote."""
    with ipc.open_stream(io.BytesIO(content)) as reader:
        frame: pd.DataFrame = reader.read_all().to_pandas()
    return frame


def scores_to_message(scores: npt.NDArray[np.float64]) -> tuple[dict[str, Any], bytes]:
    """Scores as a head and a body."""
    plain = np.ascontiguousarray(scores, dtype="<f8")
    return {"shape": list(plain.shape)}, plain.tobytes()


def scores_from_message(head: dict[str, Any], body: bytes) -> npt.NDArray[np.float64]:
    """The scores that `scores_to_message` packed."""
    return np.frombuffer(body, dtype="<f8").reshape(head["shape"]).astype(np.float64)


def _read_exactly(stream: BinaryIO, n: int) -> bytes:
    content = stream.read(n)
    if len(content) < n:
        raise EOFError("The other side has closed the connection.")
    return content
