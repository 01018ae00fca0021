"""How much memory this machine has."""

import os
import pathlib

_CGROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # a container's, v2 and v1


def of_machine():
    """Return its bytes, or those of the container that the process runs in; infinity where nothing tells."""
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
