"""Take network and other programs away from this process, for good: for children that read what anybody may have made.

A seccomp filter of Linux refuses the system calls with "operation not permitted": new sockets, connections, io_uring
(which opens sockets too), other programs, and looking into other processes. No right of root is needed, threads and
children inherit it, and nothing takes it back. Pipes and files that are open stay as they are.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_NUMBER_AT, _MACHINE_AT = 0, 4  # in what the kernel hands to the filter
_OF_OTHER_SIZE = 0x40000000  # x32 calls, which have numbers of their own

_MACHINES: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "socket": 41,
            "connect": 42,
            "accept": 43,
            "sendto": 44,
            "bind": 49,
            "listen": 50,
            "socketpair": 53,
            "execve": 59,
            "ptrace": 101,
            "accept4": 288,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "execveat": 322,
            "io_uring_setup": 425,
            "pidfd_getfd": 438,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "ptrace": 117,
            "socket": 198,
            "socketpair": 199,
            "bind": 200,
            "listen": 201,
            "accept": 202,
            "connect": 203,
            "sendto": 206,
            "execve": 221,
            "accept4": 242,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "execveat": 281,
            "io_uring_setup": 425,
            "pidfd_getfd": 438,
        },
    ),
}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def isolate_process() -> bool:
    """Isolate this process; False where the platform offers no such filter, and nothing has changed then.

    Call it while the process has one thread: only this one and those it starts are isolated.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None or sys.platform != "linux":
        return False
    program = _instructions(*machine)
    code = ctypes.create_string_buffer(program, len(program))
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    filter_ = _Program(len(program) // 8, ctypes.cast(code, ctypes.c_void_p))
    return bool(kernel.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(filter_), 0, 0) == 0)


def is_available() -> bool:
    """Whether a child of this process could be isolated. Tries it in one, which takes a moment."""
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", f"import sys; from {__name__} import isolate_process as i; sys.exit(not i())"],
        {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _instructions(machine: int, calls: dict[str, int]) -> bytes:
    """The filter: another machine's calls end the process, the listed ones are refused, all others allowed."""
    numbers = sorted(calls.values())
    n = len(numbers)
    steps = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_IF_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_IF_AT_LEAST, n + 1, 0, _OF_OTHER_SIZE),
        *((_IF_EQUAL, n - place, 0, number) for place, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
