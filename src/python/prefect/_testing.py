"""Runs flows of tests on a server for them alone."""
import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import threading

from ._settings import named, temporary_settings


def executable():
    """The orch that this package is of."""
    found = os.environ.get("ORCH__EXECUTABLE") or shutil.which("orch")
    if found is None:
        raise RuntimeError("'orch' is not on the PATH, and no variable ORCH__EXECUTABLE names it.")
    return found


@contextlib.contextmanager
def prefect_test_harness():
    """Flows within run on a server with an empty database, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as home, started(home) as url:
        changes = {named("PREFECT_HOME"): home, named("PREFECT_API_URL"): url}
        with temporary_settings(changes, restore_defaults=[named("PREFECT_API_KEY")]):
            yield


@contextlib.contextmanager
def started(home):
    """The address of a server that lasts as long as the block."""
    env = {key: value for key, value in os.environ.items() if not re.match("(PREFECT|ORCH)_", key)}
    words = [executable(), "server", "start", "--port", "0"]
    server = subprocess.Popen(words, env=dict(env, ORCH_HOME=home, HOME=home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        said = []
        for line in server.stdout:
            said.append(line.decode("utf-8", "replace"))
            found = re.search(r"running at (http:[^\s,]+)", said[-1])
            if found:
                break
        else:
            raise RuntimeError("The server of the tests did not start: %s" % ("".join(said).strip() or "it said nothing."))
        # What the server says later is read too, or it would wait for that.
        threading.Thread(target=server.stdout.read, daemon=True).start()
        yield found.group(1).rstrip("/") + "/api"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
