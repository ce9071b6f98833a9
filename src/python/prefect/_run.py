"""Executes the flow run that PREFECT__FLOW_RUN_ID names: loads its flow, runs it, and ends the process by its outcome."""
import importlib.util
import os
import signal
import sys

from . import _states as states
from ._api import NoLongerYours, api
from ._steps import Abort, Pause, TerminationSignal
from ._log import SHIPPER, flow_run_logger
from ._objects import Flow
from ._records import FlowRun, record


def main(file, name):
    """`file`: absolute. The exit code is 0 for completed and for failed runs: a failure is a state."""
    main_run = record(FlowRun, api().get("/flow_runs/" + os.environ["PREFECT__FLOW_RUN_ID"]))
    logger = flow_run_logger(main_run)
    signal.signal(signal.SIGTERM, on_signal)
    path = "/flow_runs/%s" % main_run.id
    code = 0
    try:
        try:
            flow = load(file, name)
        except (Abort, NoLongerYours, TerminationSignal, KeyboardInterrupt):
            raise
        except BaseException as error:
            message = "Flow could not be retrieved from deployment. %s" % retrieval(error)
            logger.error(message)
            api().post(path + "/set_state", {"state": states.Failed(message=message).to_api(), "force": True})
        else:
            execute(flow, main_run, path)
    except Pause:
        pass
    except Abort as reason:
        logger.info("Engine execution of flow run '%s' aborted by orchestrator: %s" % (main_run.id, reason))
    except NoLongerYours as reason:
        sys.stderr.write("%s\n" % reason)
        code = 1
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
    except TerminationSignal:
        SHIPPER.flush()
        end_by(signal.SIGTERM)
    except KeyboardInterrupt:
        SHIPPER.flush()
        end_by(signal.SIGINT)
    SHIPPER.flush()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of tasks that their flow no longer waits for end with the process.
    end(code)


def end(code):
    import atexit

    atexit._run_exitfuncs()
    os._exit(code)


def end_by(number):
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def on_signal(number, frame):
    raise TerminationSignal()


def execute(flow, run, path):
    policy = dict(getattr(run, "empirical_policy", None) or {})
    if policy.get("retries") is None:
        policy["retries"] = flow.retries
    if policy.get("retry_delay") is None:
        policy["retry_delay"] = int(flow.retry_delay_seconds)
    api().patch(path, {"flow_version": flow.version, "empirical_policy": policy})
    flow.run_here(run, flow_run_logger(run, flow), dict(run.parameters))


def retrieval(error):
    if isinstance(error, ImportError) and "built-in Python engine" in str(error):
        return str(error)
    return states.user_traceback(error)


def load(file, name):
    """The flow of a file, which is run under the name `__prefect_loader__`."""
    folder = os.path.dirname(file)
    here = os.getcwd()
    root = os.environ.pop("ORCH__CODE_FOLDER", here)
    sys.path[:] = [folder, root] + [place for place in sys.path if place not in ("", folder, root)]
    sys.argv[:] = [file]
    spec = importlib.util.spec_from_file_location("__prefect_loader__", file, submodule_search_locations=[folder, root])
    module = importlib.util.module_from_spec(spec)
    sys.modules["__prefect_loader__"] = module
    spec.loader.exec_module(module)
    found = getattr(module, name, None)
    if not isinstance(found, Flow):
        flows = [key for key, value in vars(module).items() if isinstance(value, Flow)]
        there = "The flows in it are: %s." % ", ".join(flows) if flows else "It has no flow."
        raise LookupError("Flow function with name %r not found in %r. %s" % (name, os.path.relpath(file, root), there))
    return found
