"""The child process that reads a file: `python -m services.datasets.parser < file`, answering on standard output.

Nobody else's bytes are parsed in the process that holds sessions and passwords. The limits are set before anything
is read, and the answer is JSON (a refusal, or the profile) followed by the table as Parquet.
"""

import json
import os
import resource
import sys

from services.datasets.limits import PARSE_CPU_SECONDS, PARSE_MEMORY_BYTES, PARSE_NICENESS

LENGTH_BYTES = 8  # of the JSON part, big-endian, at the very beginning of the answer


def main() -> None:
    """Limit this process, read, answer."""
    _limit_process()
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))


def answer(content: bytes) -> bytes:
    """The framed answer to the bytes of a file."""
    from services.datasets.errors import UnreadableFileError
    from services.datasets.parsing import parse_table
    from services.datasets.tables import write_table

    try:
        frame, profile = parse_table(content)
        return _frame({"profile": profile.document()}, write_table(frame))
    except UnreadableFileError as error:
        return _frame({"refusal": error.sentence})
    except MemoryError:
        return _frame({"refusal": "The table needs more memory than one upload may use. Upload fewer rows or columns."})


def _frame(head: dict[str, object], table: bytes = b"") -> bytes:
    document = json.dumps(head, allow_nan=False).encode()
    return len(document).to_bytes(LENGTH_BYTES) + document + table


def _limit_process() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (PARSE_MEMORY_BYTES, PARSE_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PARSE_CPU_SECONDS, PARSE_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(PARSE_NICENESS)


if __name__ == "__main__":
    main()
