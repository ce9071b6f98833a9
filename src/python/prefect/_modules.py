"""Prefect's modules, by what each offers: their names lead to files of this package."""
import importlib
import importlib.machinery
import importlib.util
import sys
import types

from ._missing import missing

STATES = "State StateType Pending Running Completed Failed Crashed Cancelled Cancelling Retrying Paused Scheduled AwaitingRetry is_state get_state_exception raise_state_exception"
SCHEDULES = "CronSchedule IntervalSchedule RRuleSchedule"
RECORDS = "FlowRun TaskRun"
# The name of a module: the files that its names are from, with these names.
OFFERED = {
    "flows": [("_objects", "Flow flow")],
    "tasks": [("_objects", "Task task"), ("_runners", "task_input_hash exponential_backoff")],
    "task_runners": [("_runners", "ConcurrentTaskRunner SequentialTaskRunner ThreadPoolTaskRunner")],
    "futures": [("_futures", "Future:PrefectFuture")],
    "states": [("_states", STATES)],
    "context": [("_context", "get_run_context FlowRunContext TaskRunContext MissingContextError tags")],
    "logging": [("_log", "get_run_logger get_logger")],
    "logging.loggers": [("_log", "get_run_logger get_logger flow_run_logger task_run_logger")],
    "exceptions": [
        ("_states", "FailedRun CrashedRun CancelledRun UnfinishedRun MissingResult"),
        ("_values", "ParameterTypeError ParameterBindError"),
        ("_context", "MissingContextError"),
        ("_api", "ObjectNotFound ApiError:PrefectException"),
        ("_steps", "Abort Pause TerminationSignal"),
        ("_pausing", "FlowPauseTimeout PausedRun"),
    ],
    "serializers": [("_results", "Serializer JSONSerializer PickleSerializer")],
    "utilities": [],
    "utilities.annotations": [("_futures", "unmapped allow_failure quote")],
    "engine": [("_pausing", "pause_flow_run resume_flow_run")],
    "deployments": [("_deployments", "Deployment run_deployment")],
    "client": [],
    "client.schemas": [("_records", RECORDS), ("_states", "State StateType")],
    "client.schemas.schedules": [("_schedules", SCHEDULES)],
    "client.schemas.objects": [("_records", RECORDS), ("_states", "State StateType")],
    "orion": [],
    "orion.schemas": [],
    "orion.schemas.core": [("_records", RECORDS)],
    "orion.schemas.states": [("_states", STATES)],
    "orion.schemas.schedules": [("_schedules", SCHEDULES)],
    "server": [],
    "server.schemas": [],
    "server.schemas.core": [("_records", RECORDS)],
    "server.schemas.states": [("_states", STATES)],
    "server.schemas.schedules": [("_schedules", SCHEDULES)],
    "blocks": [],
    "blocks.core": [("_blocks", "Block")],
    "blocks.system": [("_blocks", "Secret JSON String DateTime")],
    "blocks.notifications": [("_blocks", "SlackWebhook MicrosoftTeamsWebhook CustomWebhook PagerDutyWebHook")],
    "filesystems": [("_blocks", "LocalFileSystem RemoteFileSystem S3 GCS Azure SMB GitHub")],
    "infrastructure": [("_blocks", "Process DockerContainer KubernetesJob")],
    "infrastructure.process": [("_blocks", "Process")],
    "infrastructure.docker": [("_blocks", "DockerContainer")],
    "infrastructure.container": [("_blocks", "DockerContainer")],
    "infrastructure.kubernetes": [("_blocks", "KubernetesJob")],
    "artifacts": [("_artifacts", "create_link_artifact create_markdown_artifact create_table_artifact")],
    "variables": [("_artifacts", "get_variable:get Variable")],
    "runtime": [],
    "runtime.flow_run": [("_runtime", "flow_run:*")],
    "runtime.task_run": [("_runtime", "task_run:*")],
    "runtime.deployment": [("_runtime", "deployment:*")],
}


class Module(types.ModuleType):
    """Loads the file of a name when the name is asked for."""

    def __getattr__(self, name):
        own = self.__dict__.get("_names", {})
        if name in own:
            file, inner = own[name]
            value = getattr(importlib.import_module("prefect." + file), inner)
            setattr(self, name, value)
            return value
        dynamic = self.__dict__.get("_dynamic")
        if dynamic is not None and not name.startswith("__"):
            return dynamic(name)
        short = self.__name__[len("prefect.") :] + "." + name
        if short in OFFERED:
            return importlib.import_module("prefect." + short)
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        if name == "__all__":
            return list(own)
        raise missing("'%s.%s'" % (self.__name__, name))


class Finder:
    """Finds the modules of the table, and refuses all others of Prefect's by a sentence."""

    def find_spec(self, name, path=None, target=None):
        top, _, short = name.partition(".")
        if top == "orch" and short:
            return importlib.util.spec_from_loader(name, Alias())
        if top == "prefect" and short in OFFERED:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        if top == "prefect" and short and not short.startswith("_"):
            raise missing("'%s'" % name)
        if top.startswith("prefect_") and importlib.machinery.PathFinder.find_spec(top) is None:
            raise missing("'%s'" % name)
        return None

    def create_module(self, spec):
        return Module(spec.name)

    def exec_module(self, module):
        names = {}
        for file, words in OFFERED[module.__name__.partition(".")[2]]:
            for word in words.split():
                inner, _, outer = word.partition(":")
                if outer == "*":
                    module._dynamic = getattr(importlib.import_module("prefect." + file), inner)
                else:
                    names[outer or inner] = (file, inner)
        module._names = names


class Alias:
    """`orch.tasks` is `prefect.tasks`."""

    def create_module(self, spec):
        return importlib.import_module("prefect." + spec.name.partition(".")[2])

    def exec_module(self, module):
        pass


def install():
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())
