"""Kinds of blocks that blocks of people are made from."""
import abc

from ._blocks import Block
from ._context import MissingContextError


class Logging:
    @property
    def logger(self):
        """That of the run around the call; one of the class's name where there is none."""
        from ._log import get_logger, get_run_logger

        try:
            return get_run_logger()
        except MissingContextError:
            return get_logger(type(self).__name__)


class CredentialsBlock(Logging, Block, abc.ABC):
    @abc.abstractmethod
    def get_client(self, *args, **kwargs):
        """A client of the service."""


class NotificationBlock(Logging, Block, abc.ABC):
    @abc.abstractmethod
    def notify(self, body, subject=None):
        """Sends a message."""


class JobRun(Logging, abc.ABC):
    @abc.abstractmethod
    def wait_for_completion(self):
        """Waits for the end of the job."""

    @abc.abstractmethod
    def fetch_result(self):
        """What the job has given."""


class JobBlock(Logging, Block, abc.ABC):
    @abc.abstractmethod
    def trigger(self):
        """Starts the job, and gives its run."""


class SecretBlock(Logging, Block, abc.ABC):
    @abc.abstractmethod
    def read_secret(self):
        """The secret."""

    @abc.abstractmethod
    def write_secret(self, secret_data):
        """Keeps the secret, and gives where."""
