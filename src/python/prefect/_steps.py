"""Steps of runs, and the two drivers that do them: one in this thread, one in an event loop."""
import contextlib
import threading
import time

from . import _states as states


class Abort(BaseException):
    """The server wants this run not to go on here."""


class Pause(BaseException):
    """The run is paused, and its process ends."""


class TimedOut(Exception):
    pass


class TerminationSignal(BaseException):
    """SIGTERM, as a cancellation or a stop of the machine sends it."""


class Call:
    """A step: the call of a user function, within its time limit."""

    def __init__(self, fn, args, kwargs, inside, seconds=None):
        self.fn, self.args, self.kwargs, self.inside, self.seconds = fn, args, kwargs, inside, seconds

    def here(self):
        with self.inside():
            with limited(self.seconds):
                value = self.fn(*self.args, **self.kwargs)
                if states.is_coroutine_function(self.fn):
                    import asyncio

                    value = asyncio.run(value)
                return value

    async def there(self):
        import asyncio

        with self.inside():
            value = self.fn(*self.args, **self.kwargs)
            if not hasattr(value, "__await__"):
                return value
            if not self.seconds:
                return await value
            began = time.monotonic()
            try:
                return await asyncio.wait_for(value, self.seconds)
            except asyncio.TimeoutError:
                if time.monotonic() - began < self.seconds:
                    raise
                raise TimedOut() from None


class Sleep:
    """A step: nothing for some seconds."""

    def __init__(self, seconds):
        self.seconds = max(0, seconds)

    def here(self):
        time.sleep(self.seconds)

    async def there(self):
        import asyncio

        await asyncio.sleep(self.seconds)


class Wait(Sleep):
    """A step: until a future is done."""

    def __init__(self, future):
        self.future = future

    def here(self):
        self.future.wait()

    async def there(self):
        import asyncio

        while not self.future.done.is_set():
            await asyncio.sleep(0.005)


def drive(steps):
    """The run's final state, with all steps done in this thread."""
    send, value = steps.send, None
    while True:
        try:
            step = send(value)
        except StopIteration as end:
            return end.value
        try:
            send, value = steps.send, step.here()
        except BaseException as error:
            send, value = steps.throw, error


async def drive_async(steps):
    send, value = steps.send, None
    while True:
        try:
            step = send(value)
        except StopIteration as end:
            return end.value
        try:
            send, value = steps.send, await step.there()
        except BaseException as error:
            send, value = steps.throw, error


@contextlib.contextmanager
def limited(seconds):
    """Raises TimedOut in this thread when the time is over."""
    if not seconds:
        yield
        return
    import ctypes

    thread = threading.get_ident()
    lock = threading.Lock()
    is_over = []

    def end():
        with lock:
            if not is_over:
                is_over.append("late")
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TimedOut))

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    began = time.monotonic()
    timer.start()
    try:
        yield
        if time.monotonic() - began >= seconds:
            raise TimedOut()
    finally:
        with lock:
            is_over.append("done")
        timer.cancel()
