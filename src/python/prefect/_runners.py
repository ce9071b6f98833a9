"""Where submitted tasks run, and what helps to define tasks."""
import threading

from ._steps import Wait, drive, drive_async, in_loop, submitted

THREADS = threading.BoundedSemaphore(250)


class ConcurrentTaskRunner:
    """Runs submitted tasks in threads of this process."""

    says = "Submitted task run %r for execution."
    is_sequential = False

    def __init__(self, max_workers=None, **options):
        self.places = threading.BoundedSemaphore(max_workers) if max_workers else THREADS
        self.started = set()

    def start(self, steps, future):
        import contextvars

        context = contextvars.copy_context()
        if future.is_awaited:
            self.start_async(self.run_async(steps, future))
            return
        threading.Thread(target=context.run, args=(self.run, steps, future), daemon=True).start()

    def start_async(self, running):
        import asyncio

        # The loop itself keeps no task that it waits for.
        started = asyncio.ensure_future(running)
        self.started.add(started)
        started.add_done_callback(self.started.discard)

    def run(self, steps, future):
        around = getattr(submitted, "future", None)
        submitted.future = future
        try:
            drive(steps, self.places)
        except BaseException as error:
            if not future.done.is_set():
                future.end(error=error)
        finally:
            submitted.future = around

    async def run_async(self, steps, future):
        try:
            await drive_async(steps)
        except BaseException as error:
            if not future.done.is_set():
                future.end(error=error)


class ThreadPoolTaskRunner(ConcurrentTaskRunner):
    """Runs submitted tasks in at most so many threads."""


class SequentialTaskRunner(ConcurrentTaskRunner):
    """Runs each submitted task to its end before the next."""

    says = "Executing %r immediately..."
    is_sequential = True
    # The loop that the last async task runs in, and its future: the next waits for it.
    last = (None, None)

    def start(self, steps, future):
        if future.is_awaited:
            return super().start(steps, future)
        return self.run(steps, future)

    async def run_async(self, steps, future):
        import asyncio

        here = asyncio.get_running_loop()
        (loop, before), self.last = self.last, (here, future)
        if loop is here:
            await Wait(before).there()
        await super().run_async(steps, future)


def task_input_hash(context, arguments):
    """A cache key of the task and its arguments; None where they have none."""
    import hashlib
    import json

    from ._schema import plain

    code = context.task.fn.__code__.co_code.hex()
    try:
        text = json.dumps([context.task.task_key, code, plain(arguments)], sort_keys=True).encode()
    except (TypeError, ValueError):
        import pickle

        try:
            text = pickle.dumps((context.task.task_key, code, arguments))
        except Exception:
            return None
    return hashlib.md5(text).hexdigest()


def exponential_backoff(backoff_factor):
    """Delays for `retry_delay_seconds`: each retry waits twice as long."""
    return lambda retries: [backoff_factor * max(0, 2**retry) for retry in range(min(retries, 50))]


def sync_compatible(fn):
    """A coroutine function that may be called without a loop too: then it runs to its end."""
    import functools

    @functools.wraps(fn)
    def called(*args, **kwargs):
        found = fn(*args, **kwargs)
        if in_loop():
            return found
        import asyncio

        return asyncio.run(found)

    return called


async def run_sync_in_worker_thread(fn, *args, **kwargs):
    """Calls a function in a thread, in the run around the call."""
    import asyncio
    import contextvars
    import functools

    call = functools.partial(contextvars.copy_context().run, fn, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(None, call)
