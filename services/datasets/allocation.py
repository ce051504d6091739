"""How the C library hands out memory in the child process that reads a file."""

import ctypes

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h
_GIVEN_BACK_BYTES = 64 * 1024
_MANY_COLUMNS = 100


def prepare_for_columns(n_columns: int) -> None:
    """Let larger pieces of memory be given back as soon as they are free, where a table has many columns.

    For each column of a block Arrow reserves as many bytes as the whole block has, and gives up what it did not need.
    The C library cannot use such a gap for the next column (an aligned piece of the same size does not fit in), so
    thousands of columns would reserve gigabytes for a file of one. With few columns it is quicker to keep the pages.
    Where the C library is another one than glibc, nothing is changed.
    """
    if n_columns > _MANY_COLUMNS and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(_MMAP_THRESHOLD, _GIVEN_BACK_BYTES)
