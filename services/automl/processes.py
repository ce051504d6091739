"""How training uses the processor: one thread per trial, several trials at the same time."""

import multiprocessing
import multiprocessing.forkserver
import os

_LIMITS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",  # a thread that spins while it waits takes the core from another trial
}


def limit_threads() -> None:
    """One thread per process. Must run before the first machine-learning import, and is inherited by children."""
    for name, value in _LIMITS.items():
        os.environ.setdefault(name, value)


def start_fork_server() -> None:
    """Let the process that trial processes are forked from load the machine-learning libraries in the meantime."""
    limit_threads()
    multiprocessing.set_forkserver_preload(["services.automl.training"])
    multiprocessing.forkserver.ensure_running()
