"""Context managers that change the state of the process and that several threads may enter at a time."""

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator


def shared(generator_function: Callable[..., Iterator]) -> Callable[..., contextlib.AbstractContextManager]:
    """Decorate a generator function as a context manager that all threads share.

    The first user to enter runs the part before `yield`, with its arguments; the last one to leave runs
    the part after it. Users in between, in a nested context or another thread, run neither.
    """
    make = contextlib.contextmanager(generator_function)
    lock, stack, users = threading.RLock(), contextlib.ExitStack(), 0

    @contextlib.contextmanager
    @functools.wraps(generator_function)
    def context(*args, **kwargs):
        nonlocal users
        with lock:
            if not users:
                stack.enter_context(make(*args, **kwargs))
            users += 1
        try:
            yield
        finally:
            with lock:
                users -= 1
                if not users:
                    stack.close()

    return context
