"""Another tool on one CSV file, in any Python that has it: `python peers.py pandas|ydata file.csv`; prints JSON.

Stands alone, because that Python need not know the portal. Peak memory is what the system says of this process.
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
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"tool": version, "read_seconds": read_seconds, "profile_seconds": profile_seconds, "peak_mb": peak_mb}
    sys.stdout.write(json.dumps(found) + "\n")
