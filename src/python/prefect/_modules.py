"""Prefect's modules, by what each offers: their names lead to files of this package."""
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import types

from ._missing import missing

STATES = "State StateType Pending Running Completed Failed Crashed Cancelled Cancelling Retrying Paused Scheduled AwaitingRetry Late is_state get_state_result get_state_exception raise_state_exception"
SCHEDULES = "CronSchedule IntervalSchedule RRuleSchedule"
RECORDS = "FlowRun TaskRun"
SERIALIZERS = (
    "Serializer JSONSerializer PickleSerializer CompressedSerializer CompressedJSONSerializer CompressedPickleSerializer "
    "prefect_json_object_encoder prefect_json_object_decoder"
)
EXCEPTIONS = (
    "MissingFlowError UnspecifiedFlowError ScriptError FlowScriptError SignatureMismatchError MissingProfileError "
    "ReservedArgumentError InvalidNameError PrefectSignal ExternalSignal BlockMissingCapabilities ProtectedBlockError "
    "InvalidRepositoryURLError InfrastructureError InfrastructureNotFound InfrastructureNotAvailable NotPausedError"
)
CLIENT = "get_client PrefectClient SyncPrefectClient"


def schemas(top):
    """The modules of records, which Prefect has at three places."""
    return {
        top + ".schemas": [("_records", RECORDS), ("_states", "State StateType")],
        top + ".schemas.core": [("_filters", "objects:*")],
        top + ".schemas.states": [("_states", STATES)],
        top + ".schemas.schedules": [("_schedules", SCHEDULES)],
        top + ".schemas.filters": [("_filters", "filters:*")],
        top + ".schemas.sorting": [("_filters", "sorting:*")],
        top + ".schemas.actions": [("_filters", "actions:*")],
        top + ".schemas.responses": [("_filters", "objects:*")],
    }


# The name of a module, below "prefect.": the files that its names are from, with these names.
OFFERED = {
    "flows": [
        ("_objects", "Flow flow"),
        ("_serving", "serve"),
        ("_loading", "load_flow_from_entrypoint load_flow_from_script load_flows_from_script"),
    ],
    "tasks": [("_objects", "Task task"), ("_runners", "task_input_hash exponential_backoff")],
    "task_runners": [("_runners", "ConcurrentTaskRunner SequentialTaskRunner ThreadPoolTaskRunner ConcurrentTaskRunner:BaseTaskRunner")],
    "futures": [("_futures", "Future:PrefectFuture")],
    "states": [("_states", STATES)],
    "context": [
        ("_context", "get_run_context FlowRunContext TaskRunContext TagsContext MissingContextError tags"),
        ("_settings", "SettingsContext get_settings_context"),
    ],
    "settings": [
        ("_settings", "Settings Setting get_current_settings temporary_settings"),
        ("_settings", "named:*"),
    ],
    "testing": [],
    "testing.utilities": [("_testing", "prefect_test_harness")],
    "logging": [("_log", "get_run_logger get_logger disable_run_logger")],
    "logging.loggers": [("_log", "get_run_logger get_logger disable_run_logger flow_run_logger task_run_logger")],
    "exceptions": [
        ("_exceptions", EXCEPTIONS),
        ("_futures", "UpstreamFailed:UpstreamTaskError"),
        ("_states", "FailedRun CrashedRun CancelledRun UnfinishedRun MissingResult"),
        ("_values", "ParameterTypeError ParameterBindError"),
        ("_context", "MissingContextError"),
        ("_api", "PrefectException ObjectNotFound ObjectAlreadyExists ApiError:PrefectHTTPStatusError"),
        ("_steps", "Abort Pause TerminationSignal"),
        ("_pausing", "FlowPauseTimeout PausedRun"),
        ("_objects", "MappingLengthMismatch MappingMissingIterable"),
    ],
    "serializers": [("_serializers", SERIALIZERS)],
    "utilities": [],
    "utilities.asyncutils": [("_runners", "sync_compatible run_sync_in_worker_thread")],
    "utilities.hashing": [("_hashing", "stable_hash file_hash hash_objects")],
    "utilities.annotations": [("_futures", "unmapped allow_failure quote")],
    "engine": [("_pausing", "pause_flow_run resume_flow_run")],
    "deployments": [("_deployments", "Deployment run_deployment")],
    "client": [("_client", "get_client")],
    "client.orchestration": [("_client", CLIENT)],
    "client.utilities": [("_client", "inject_client")],
    **schemas("client"),
    "client.schemas.objects": [("_filters", "objects:*")],
    "orion": [],
    **schemas("orion"),
    "server": [],
    **schemas("server"),
    "blocks": [],
    "blocks.core": [("_blocks", "Block")],
    "blocks.abstract": [("_abstract", "CredentialsBlock NotificationBlock JobBlock JobRun SecretBlock")],
    "blocks.fields": [("_blocks", "SecretDict")],
    "blocks.system": [("_blocks", "Secret JSON String DateTime")],
    "blocks.notifications": [("_blocks", "SlackWebhook MicrosoftTeamsWebhook CustomWebhook PagerDutyWebHook")],
    "filesystems": [("_filesystems", "LocalFileSystem RemoteFileSystem S3 GCS Azure SMB GitHub")],
    "infrastructure": [("_blocks", "Process DockerContainer KubernetesJob")],
    "infrastructure.process": [("_blocks", "Process")],
    "infrastructure.docker": [("_blocks", "DockerContainer ImagePullPolicy")],
    "infrastructure.container": [("_blocks", "DockerContainer ImagePullPolicy")],
    "infrastructure.kubernetes": [("_blocks", "KubernetesJob KubernetesImagePullPolicy")],
    "artifacts": [("_artifacts", "create_link_artifact create_markdown_artifact create_table_artifact")],
    "variables": [("_artifacts", "get_variable:get Variable")],
    "runtime": [],
    "runtime.flow_run": [("_runtime", "flow_run:*")],
    "runtime.task_run": [("_runtime", "task_run:*")],
    "runtime.deployment": [("_runtime", "deployment:*")],
}


SQL = "DatabaseCredentials SqlAlchemyConnector ConnectionComponents SyncDriver AsyncDriver"
# Packages beside Prefect, for where they are not installed: they work by the packages of the vendors.
COLLECTIONS = {
    "prefect_gcp": [("_gcp", "GcpCredentials GcsBucket")],
    "prefect_gcp.credentials": [("_gcp", "GcpCredentials")],
    "prefect_gcp.cloud_storage": [("_gcp", "GcsBucket")],
    "prefect_aws": [("_aws", "AwsCredentials MinIOCredentials S3Bucket AwsClientParameters")],
    "prefect_aws.credentials": [("_aws", "AwsCredentials MinIOCredentials")],
    "prefect_aws.client_parameters": [("_aws", "AwsClientParameters")],
    "prefect_aws.s3": [("_aws", "S3Bucket")],
    "prefect_sqlalchemy": [("_sqlalchemy", SQL)],
    "prefect_sqlalchemy.credentials": [("_sqlalchemy", SQL)],
    "prefect_sqlalchemy.database": [("_sqlalchemy", SQL)],
    "prefect_shell": [("_shell", "ShellOperation shell_run_command")],
    "prefect_shell.commands": [("_shell", "ShellOperation shell_run_command")],
    "prefect_email": [("_email", "EmailServerCredentials email_send_message")],
    "prefect_email.credentials": [("_email", "EmailServerCredentials SMTPServer SMTPType")],
    "prefect_email.message": [("_email", "email_send_message")],
    "prefect_dask": [("_dask", "DaskTaskRunner")],
    "prefect_dask.task_runners": [("_dask", "DaskTaskRunner")],
}


def offered(name):
    """The files of a module; None for one that there is not."""
    top, _, short = name.partition(".")
    return OFFERED.get(short) if top == "prefect" else COLLECTIONS.get(name)


def installed(name):
    """Where a package is which is installed: it is taken before what this engine has of it."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return importlib.machinery.PathFinder.find_spec(name, [place for place in sys.path if os.path.abspath(place) != here])


def stand_in(name):
    """Puts what is right in the place of a module which a file beside this package was found for."""
    del sys.modules[name]
    importlib.import_module(name)


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
        inner = self.__name__ + "." + name
        if offered(inner) is not None:
            return importlib.import_module(inner)
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
        if top == "prefect" and (not short or short.startswith("_")):
            return None
        if top != "prefect":
            if not top.startswith("prefect_") or short and not isinstance(sys.modules.get(top), Module):
                return None
            found = None if short else installed(top)
            if found is not None:
                return found
        if offered(name) is None:
            raise missing("'%s'" % name)
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return Module(spec.name)

    def exec_module(self, module):
        names = {}
        for file, words in offered(module.__name__):
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
