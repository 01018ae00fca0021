"""Contexts that change what belongs to the whole process, and are entered by several threads at a time."""

import contextlib
import functools
import threading


def shared(generator_function):
    """Decorate a generator function into a context manager that all threads share.

    The first to come runs the part before `yield`, with its arguments; the last to go runs the part after
    it. Whoever comes in between, in a nested context or in another thread, finds everything done.
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
