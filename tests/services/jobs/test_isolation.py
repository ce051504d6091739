"""A process that reads anybody's bytes reaches no network and starts no program, and its files and threads go on."""

import subprocess
import sys

import pytest

from services.jobs.isolation import is_available

pytestmark = pytest.mark.skipif(not is_available(), reason="this platform has no seccomp filter for processes")

AFTERWARDS = {
    "a socket over IPv4": "socket.socket(socket.AF_INET)",
    "a socket over IPv6": "socket.socket(socket.AF_INET6)",
    "a socket of this machine": "socket.socket(socket.AF_UNIX)",
    "a pair of sockets": "socket.socketpair()",
    "a connection by name": "socket.create_connection(('localhost', 9), timeout=1)",
    "a connection of a socket from before": "before.connect(('127.0.0.1', 9))",
    "a packet through a socket from before": "packets.sendto(b'x', ('127.0.0.1', 9))",
    "another program": "subprocess.run(['/bin/true'])",
    "another program in this place": "os.execv('/bin/true', ['true'])",
    "the same in a thread": "in_thread(lambda: socket.socket())",
    "the same in a child": "in_child(lambda: socket.socket())",
    "a ring of the kernel": "call(425)",
    "a look into another process": "call(101 if platform.machine() == 'x86_64' else 117)",
}
START = """
import ctypes, os, platform, socket, subprocess, sys, threading
from services.jobs.isolation import isolate_process

def call(number):
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.syscall(number, 1, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")

def in_thread(work):
    found = []
    def run():
        try:
            work()
        except OSError as error:
            found.append(error)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if found:
        raise found[0]

def in_child(work):
    child = os.fork()
    if child == 0:
        try:
            work()
        except PermissionError:
            os._exit(7)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7:
        raise PermissionError

before, packets = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
assert isolate_process()
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("attempt", AFTERWARDS.values(), ids=AFTERWARDS.keys())
def test_what_leads_out_is_not_permitted(attempt: str) -> None:
    assert run(f"try:\n    {attempt}\nexcept PermissionError:\n    print('refused')") == "refused"


def test_files_pipes_and_threads_go_on() -> None:
    code = """
import tempfile
reader, writer = os.pipe()
in_thread(lambda: os.write(writer, b"by a thread"))
with tempfile.TemporaryFile() as file:
    file.write(os.read(reader, 20))
    file.seek(0)
    print(file.read().decode())
"""
    assert run(code) == "by a thread"


def test_the_child_that_reads_a_file_is_isolated() -> None:
    code = """
import json
from services.datasets import parser
from services.datasets.limits import ReadingLimits
parser._limit_process(ReadingLimits())
try:
    socket.socket()
except PermissionError:
    print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-c", START.replace("assert isolate_process()", "") + code],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == "refused", done.stderr
