"""Messages between the web process and the scoring process arrive as they were sent."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deployments.frames import (
    frame_from_bytes,
    frame_to_bytes,
    read_message,
    scores_from_message,
    scores_to_message,
    write_message,
)

heads = st.dictionaries(st.text(), st.integers() | st.text(), max_size=3)


@given(st.lists(st.tuples(heads, st.binary(max_size=50)), max_size=4))
def test_messages_arrive_in_order_and_whole(messages: list[tuple[dict[str, Any], bytes]]) -> None:
    stream = io.BytesIO()
    for head, body in messages:
        write_message(stream, head, body)
    stream.seek(0)
    assert [read_message(stream) for _ in messages] == messages
    with pytest.raises(EOFError):
        read_message(stream)


def test_a_message_that_breaks_off_is_not_taken_for_a_shorter_one() -> None:
    stream = io.BytesIO()
    write_message(stream, {"action": "score"}, b"rows")
    with pytest.raises(EOFError):
        read_message(io.BytesIO(stream.getvalue()[:-1]))


def test_rubbish_instead_of_a_length_is_refused() -> None:
    with pytest.raises(EOFError, match="protocol"):
        read_message(io.BytesIO(b"Traceback (most recent call last):"))


def test_a_table_keeps_its_types_and_its_blanks() -> None:
    frame = pd.DataFrame({"number": [1.5, np.nan], "text": pd.Series(["a", None], dtype="str")})
    back = frame_from_bytes(frame_to_bytes(frame))
    pd.testing.assert_frame_equal(back, frame)


@pytest.mark.parametrize("scores", [np.array([[0.25, 0.75]]), np.array([1.0, -2.5]), np.empty((0, 2))])
def test_scores_keep_their_shape_and_every_digit(scores: np.ndarray) -> None:
    np.testing.assert_array_equal(scores_from_message(*scores_to_message(scores)), scores)
