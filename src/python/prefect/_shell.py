"""What prefect_shell has: commands of a shell, as a block and as a task."""
import contextlib
import os
import subprocess
import sys
import tempfile
from typing import Optional

from ._artifacts import compatible
from ._blocks import Block
from ._context import current_flow, current_task
from ._log import get_logger, get_run_logger
from ._objects import task
from ._runners import run_sync_in_worker_thread


def shell_command(shell, extension, lines):
    """The words that run lines of a script, and the file that they are in."""
    shell = shell or ("powershell" if sys.platform == "win32" else "bash")
    is_windows = os.path.basename(shell).lower().split(".")[0] == "powershell"
    suffix = extension or (".ps1" if is_windows else ".sh")
    file = tempfile.NamedTemporaryFile("w", prefix="prefect-", suffix=suffix, delete=False)
    with file:
        file.write("\n".join(lines))
    return shell.split() + [file.name], file.name


def logger():
    return get_run_logger() if current_task() or current_flow() else get_logger("prefect_shell")


def begun(words, file, env, folder):
    try:
        return subprocess.Popen(words, env=env, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except BaseException:
        os.unlink(file)
        raise


@contextlib.contextmanager
def ending(process, file):
    """Leaves no process and no script behind, also when what reads its lines is cancelled or late."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(file)


class ShellProcess:
    """Commands that run."""

    def __init__(self, operation):
        words, self.file = shell_command(operation.shell, operation.extension, operation.commands)
        self.operation = operation
        env = dict(os.environ, **(operation.env or {}))
        self.process = begun(words, self.file, env, operation.working_dir)
        self.log = logger()
        self.log.info("PID %d triggered with %d commands running inside the %r directory." % (self.process.pid, len(operation.commands), str(operation.working_dir or ".")))
        self.lines = []

    @property
    def pid(self):
        return self.process.pid

    @property
    def return_code(self):
        return self.process.returncode

    def wait_for_completion(self):
        with ending(self.process, self.file):
            for line in self.process.stdout:
                self.lines.append(line.decode("utf-8", "replace").rstrip("\r\n"))
                if self.operation.stream_output:
                    self.log.info("PID %d stream output:\n%s" % (self.process.pid, self.lines[-1]))
            code = self.process.wait()
        if code:
            raise RuntimeError("PID %d failed with return code %d." % (self.process.pid, code))
        self.log.info("PID %d completed with return code %d." % (self.process.pid, code))
        return compatible(None)

    def fetch_result(self):
        return compatible(list(self.lines))


class ShellOperation(Block):
    """Commands of a shell: `ShellOperation(commands=["ls"]).run()` gives their lines."""

    _block_type_name = "Shell Operation"
    _block_type_slug = "shell-operation"
    commands: list
    stream_output: bool = True
    env: Optional[dict] = None
    working_dir: Optional[str] = None
    shell: Optional[str] = None
    extension: Optional[str] = None

    def trigger(self, **options):
        process = ShellProcess(self)
        self.__dict__.setdefault("_processes", []).append(process)
        return compatible(process)

    def run(self, **options):
        process = ShellProcess(self)
        process.wait_for_completion()
        return compatible(process.lines)

    def close(self):
        """Ends what was triggered and still runs."""
        for each in self.__dict__.pop("_processes", []):
            with ending(each.process, each.file):
                pass
        return compatible(None)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()
        return False

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        self.close()
        return False


async def shell_run_command(command, env=None, helper_command=None, shell="bash", extension=None, return_all=False, stream_level=20, cwd=None):
    """The last line that a command prints, or all of them."""
    lines = ([helper_command] if helper_command else []) + [command]
    printed = await run_sync_in_worker_thread(printed_by, shell_command(shell, extension, lines), env, cwd, stream_level)
    return printed if return_all else printed[-1] if printed else ""


def printed_by(script, env, cwd, level):
    words, file = script
    log = logger()
    process = begun(words, file, dict(os.environ, **(env or {})), cwd)
    lines = []
    with ending(process, file):
        for line in process.stdout:
            lines.append(line.decode("utf-8", "replace").rstrip("\r\n"))
            log.log(level, lines[-1])
        code = process.wait()
    if code:
        raise RuntimeError("Command failed with exit code %d:\n%s" % (code, lines[-1] if lines else ""))
    return lines


shell_run_command.__module__ = "prefect_shell.commands"
shell_run_command = task(shell_run_command)
