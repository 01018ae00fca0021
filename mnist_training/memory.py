"""How much memory this machine has."""

import os
import pathlib

_CGROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # a container's, v2 and v1


def total_bytes() -> float:
    """Return the memory in bytes, of the machine or of the process's container; infinity where it is unknown."""
    found = [float("inf")]
    try:
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (ValueError, OSError, AttributeError):  # not a POSIX system
        pass
    for name in _CGROUP:
        try:
            found.append(int(pathlib.Path(name).read_text()))
        except (OSError, ValueError):  # not there, or "max"
            pass
    return min(found)
