"""Is the cluster fit to train trials? Asked by `python -m portal check`."""

from importlib.util import find_spec
from typing import Literal

from portal.jobs.compute_settings import ComputeSettings
from portal.jobs.training_places import NOT_INSTALLED

_ALONE = "Until then trials are trained on the workers of the portal."


def check_cluster(settings: ComputeSettings) -> tuple[Literal["passed", "warning", "failed"], str]:
    """What is so, and what to do. Nothing here keeps a portal from working: trials are then trained on its workers."""
    if find_spec("distributed") is None:
        return "warning", NOT_INSTALLED
    from portal.jobs.cluster import find_differences, open_client

    try:
        with open_client(settings) as client:
            n_workers = len(client.scheduler_info(n_workers=-1)["workers"])
            if not n_workers:
                return "warning", f"The cluster has a scheduler and no worker. Start one. {_ALONE}"
            different = find_differences(client)
    except OSError:
        return "warning", f"The scheduler of the cluster does not answer. Is it running? {_ALONE}"
    except Exception as error:  # a worker that cannot load the portal raises whatever it stumbled over
        return (
            "warning",
            f"The workers of the cluster cannot run this portal ({type(error).__name__}). Install it there.",
        )
    if different:
        names = ", ".join(different)
        return "warning", f"The workers of the cluster have other versions of {names}. Install the same as here."
    counted = "1 worker is" if n_workers == 1 else f"{n_workers} workers are"
    if settings.is_in_clear:
        return "warning", (
            f"{counted} there, but tables and models go to them in clear text, and whoever can reach the scheduler "
            "can run programs on the portal's workers. Use tls://."
        )
    return "passed", f"{counted} there, with the same versions as here."
