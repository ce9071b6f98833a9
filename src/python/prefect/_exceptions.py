"""Errors of Prefect's that programs catch. Those that this engine raises are where it does."""
from ._api import PrefectException


class MissingFlowError(PrefectException):
    """A script has no flow of the name."""


class UnspecifiedFlowError(PrefectException):
    """A script has several flows, and no name was given."""


class ScriptError(PrefectException):
    """A script fails while it is loaded."""


class FlowScriptError(PrefectException):
    """A script fails while a flow is loaded from it."""


class SignatureMismatchError(PrefectException, TypeError):
    """Parameters that are not those of a function."""


class MissingProfileError(PrefectException, ValueError):
    """There is no profile of the name."""


class ReservedArgumentError(PrefectException, TypeError):
    """A function has a parameter whose name flows and tasks use themselves."""


class InvalidNameError(PrefectException, ValueError):
    """A name with characters that addresses cannot have."""


class PrefectSignal(BaseException):
    """What ends a run from within, and is no error."""


class ExternalSignal(BaseException):
    """What ends a run from outside."""


class BlockMissingCapabilities(PrefectException):
    """A block cannot do what it is used for."""


class ProtectedBlockError(PrefectException):
    """A block that may not be changed."""


class InvalidRepositoryURLError(PrefectException):
    """The address of a repository that is none."""


class InfrastructureError(PrefectException):
    """Infrastructure has failed."""


class InfrastructureNotFound(PrefectException):
    """What a run was executed by is gone."""


class InfrastructureNotAvailable(PrefectException):
    """What a run was executed by cannot be reached from here."""


class NotPausedError(PrefectException):
    """A run that was to be resumed is not paused."""


for _kind in list(vars().values()):
    if isinstance(_kind, type) and _kind.__module__ == __name__:
        _kind.__module__ = "prefect.exceptions"
