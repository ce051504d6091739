"""Another tool on one CSV file, in any Python that has it: `python peers.py pandas|ydata file.csv`; prints JSON.

Stands alone, because that Python need not know the portal. Peak memory and processor time, the start of Python
included, are what the system says of this process.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any


def pandas(path: str) -> tuple[float, float, str]:
    """Read and describe: no types checked, no profile by column, no health, nothing stored."""
    import pandas as pd

    start = time.perf_counter()
    frame = pd.read_csv(path)
    read = time.perf_counter()
    frame.describe(include="all")
    return read - start, time.perf_counter() - read, f"pandas {pd.__version__}"


def ydata(path: str) -> tuple[float, float, str]:
    """Read, profile in minimal mode, and write the report that people open."""
    import pandas as pd
    import ydata_profiling  # type: ignore[import-not-found]

    start = time.perf_counter()
    frame: Any = pd.read_csv(path)
    read = time.perf_counter()
    ydata_profiling.ProfileReport(frame, minimal=True, progress_bar=False).to_html()
    return read - start, time.perf_counter() - read, f"ydata-profiling {ydata_profiling.__version__}"


TOOLS: dict[str, Callable[[str], tuple[float, float, str]]] = {"pandas": pandas, "ydata": ydata}

if __name__ == "__main__":
    read_seconds, profile_seconds, version = TOOLS[sys.argv[1]](sys.argv[2])
    used = resource.getrusage(resource.RUSAGE_SELF)
    found = {
        "tool": version,
        "read_seconds": round(read_seconds, 2),
        "profile_seconds": round(profile_seconds, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024, 1),
    }
    sys.stdout.write(json.dumps(found) + "\n")
