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
    """A time limit is over. Each call raises its own kind: the limit of a flow is not that of the task it waits in."""


class TerminationSignal(BaseException):
    """SIGTERM, as a cancellation or a stop of the machine sends it."""


class Call:
    """A step: the call of a user function, within its time limit.

    `may_be_left`: when the time is over its run no longer waits for it, as in Prefect for tasks. Flows are interrupted.
    """

    def __init__(self, fn, args, kwargs, inside, seconds=None, may_be_left=False):
        self.fn, self.args, self.kwargs, self.inside, self.seconds = fn, args, kwargs, inside, seconds
        self.may_be_left = may_be_left
        self.too_late = type("TimedOut", (TimedOut,), {}) if seconds else ()

    def here(self):
        if states.is_coroutine_function(self.fn):
            return run_to_end(self.there())
        with self.inside():
            if self.seconds and self.may_be_left:
                return self.in_thread()
            with limited(self.seconds, self.too_late):
                return self.fn(*self.args, **self.kwargs)

    def in_thread(self):
        import contextvars

        # The lock: once the thread has ended, another one may have its number.
        outcome, done, lock = {}, threading.Event(), threading.Lock()

        def call():
            with contextlib.suppress(self.too_late):  # which may come after the function's end
                try:
                    outcome["value"] = self.fn(*self.args, **self.kwargs)
                except BaseException as error:
                    outcome["error"] = error
                with lock:
                    done.set()

        thread = threading.Thread(target=contextvars.copy_context().run, args=(call,), daemon=True)
        thread.start()
        if not done.wait(self.seconds):
            with lock:
                if not done.is_set():
                    raise_in(thread.ident, self.too_late)  # as soon as it no longer blocks
                    raise self.too_late()
        if "error" in outcome:
            raise outcome["error"]
        return outcome["value"]

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
                raise self.too_late() from None


class Sleep:
    """A step: nothing for some seconds."""

    def __init__(self, seconds):
        self.seconds = max(0, seconds)

    def here(self):
        time.sleep(self.seconds)

    async def there(self):
        import asyncio

        await asyncio.sleep(self.seconds)


# Of a thread that a task was submitted to: its future.
submitted = threading.local()


class Wait(Sleep):
    """A step: until a future is done, or for so many seconds."""

    def __init__(self, future, seconds=None):
        self.future, self.seconds = future, seconds

    def here(self):
        own = getattr(submitted, "future", None)
        if own is None:
            self.future.settled(self.seconds)
            return
        own.waits_for = self.future
        try:
            self.future.settled(self.seconds)
        finally:
            own.waits_for = None

    async def there(self):
        import asyncio

        began = time.monotonic()
        while not self.future.done.is_set():
            if self.seconds is not None and time.monotonic() - began >= self.seconds:
                return
            await asyncio.sleep(0.005)


def drive(steps, places=None):
    """The run's final state, with all steps done in this thread. It takes one of the places, but while it waits it takes none."""
    send, value = steps.send, None
    with places or contextlib.nullcontext():
        while True:
            try:
                step = send(value)
            except StopIteration as end:
                return end.value
            is_left = places is not None and isinstance(step, Sleep)
            if is_left:
                places.release()
            try:
                send, value = steps.send, step.here()
            except BaseException as error:
                send, value = steps.throw, error
            finally:
                if is_left:
                    places.acquire()


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


def running_loop():
    """The event loop that runs in this thread; None without one."""
    import sys

    loops = sys.modules.get("asyncio")
    if loops is None:
        return None
    try:
        return loops.get_running_loop()
    except RuntimeError:
        return None


def in_loop():
    """Whether an event loop runs in this thread."""
    return running_loop() is not None


def run_to_end(coroutine):
    """What a coroutine gives: by a loop of this thread, or of another one where a loop runs in this one."""
    import asyncio

    if not in_loop():
        return asyncio.run(coroutine)
    import concurrent.futures
    import contextvars

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(contextvars.copy_context().run, asyncio.run, coroutine).result()


def raise_in(thread, kind):
    """Raises an exception in another thread, once its code goes on: a call that blocks is not interrupted."""
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))


class Limit:
    """Interrupts the thread that made it. A signal does so in the main thread, where it ends a call that blocks too."""

    # Those of the main thread that are open, and the handler before ours.
    open = []
    before = None

    def __init__(self, too_late):
        import signal

        self.too_late = too_late
        self.thread = threading.get_ident()
        self.lock = threading.Lock()
        self.is_over = self.is_late = False
        self.has_signal = hasattr(signal, "pthread_kill") and threading.current_thread() is threading.main_thread()
        if self.has_signal:
            Limit.open.append(self)
            if signal.getsignal(signal.SIGALRM) is not Limit.on_signal:
                # It stays: a signal on its way must not find the default, which ends the process.
                Limit.before = signal.signal(signal.SIGALRM, Limit.on_signal)

    @staticmethod
    def on_signal(number, frame):
        for limit in Limit.open:
            if limit.is_late and not limit.is_over:
                limit.is_late = False
                raise limit.too_late()
        if callable(Limit.before):
            Limit.before(number, frame)

    def end(self):
        """By another thread."""
        import signal

        with self.lock:
            if self.is_over:
                return
            self.is_late = True
            if self.has_signal:
                signal.pthread_kill(self.thread, signal.SIGALRM)
            else:
                raise_in(self.thread, self.too_late)

    def close(self):
        with self.lock:
            self.is_over = True


@contextlib.contextmanager
def limited(seconds, too_late):
    """Raises `too_late` in this thread when the time is over."""
    if not seconds:
        yield
        return
    limit = Limit(too_late)
    timer = threading.Timer(seconds, limit.end)
    timer.daemon = True
    began = time.monotonic()
    timer.start()
    try:
        try:
            yield
        finally:
            limit.close()
        if time.monotonic() - began >= seconds:
            raise too_late()
    finally:
        timer.cancel()
        if limit.has_signal:
            Limit.open.remove(limit)
