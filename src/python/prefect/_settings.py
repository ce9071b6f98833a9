"""Settings, as the environment has them: `PREFECT_API_URL.value()`."""
import contextlib
import os

from ._api import setting
from ._missing import missing

DEFAULTS = {
    **{"DEBUG_MODE": False, "TEST_MODE": False, "RESULTS_DEFAULT_SERIALIZER": "pickle", "RESULTS_PERSIST_BY_DEFAULT": False},
    **{"LOGGING_LEVEL": "INFO", "LOGGING_LOG_PRINTS": False, "LOGGING_TO_API_ENABLED": True, "LOGGING_EXTRA_LOGGERS": ""},
    **{"LOGGING_TO_API_BATCH_INTERVAL": 2.0, "LOGGING_COLORS": True, "API_REQUEST_TIMEOUT": 30.0, "TASKS_REFRESH_CACHE": False},
    **{"API_URL": None, "API_KEY": None, "UI_URL": None, "HOME": None, "LOCAL_STORAGE_PATH": None, "PROFILES_PATH": None},
    **{"CLOUD_API_URL": "https://api.prefect.cloud/api", "API_DATABASE_CONNECTION_URL": None, "SERVER_API_HOST": "127.0.0.1"},
    **{"SERVER_API_PORT": 4200, "AGENT_QUERY_INTERVAL": 15.0, "WORKER_QUERY_SECONDS": 10.0, "LOGGING_SETTINGS_PATH": None},
}

# The second may have a password in it.
SECRET = ("PREFECT_API_KEY", "PREFECT_API_DATABASE_CONNECTION_URL")


class Setting:
    """A setting of Prefect's name."""

    def __init__(self, name):
        self.name = name

    def value(self):
        short = self.name[len("PREFECT_") :]
        text, default = setting(short), DEFAULTS[short]
        if short in ("HOME", "LOCAL_STORAGE_PATH", "PROFILES_PATH", "LOGGING_SETTINGS_PATH"):
            return path_of(short, text)
        if short == "UI_URL" and text is None:
            url = setting("API_URL")
            return url[: -len("/api")] if url and url.endswith("/api") else url
        if text is None:
            return default
        return text.lower() in ("true", "1", "yes", "on") if isinstance(default, bool) else type(default)(text) if default is not None else text

    def __bool__(self):
        return bool(self.value())

    def __eq__(self, other):
        return isinstance(other, Setting) and other.name == self.name

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        value = self.value()
        return "<%s: %r>" % (self.name, "**********" if value and self.name in SECRET else value)


def path_of(short, text):
    import pathlib

    home = setting("HOME", os.path.expanduser("~/.orch"))
    below = {"LOCAL_STORAGE_PATH": "storage", "PROFILES_PATH": "profiles.toml", "LOGGING_SETTINGS_PATH": "logging.yml"}
    return pathlib.Path(text or (os.path.join(home, below[short]) if short in below else home))


def named(name):
    """The setting of a name; Prefect's other settings have no meaning here."""
    if name.startswith("PREFECT_") and name[len("PREFECT_") :] in DEFAULTS:
        return Setting(name)
    raise missing("'prefect.settings.%s'" % name)


class Settings:
    """All of them, as attributes."""

    def __getattr__(self, name):
        if not name.startswith("PREFECT_"):
            raise AttributeError(name)
        return named(name).value()

    def value_of(self, setting):
        return setting.value()

    def dict(self):
        return {"PREFECT_" + name: Setting("PREFECT_" + name).value() for name in DEFAULTS}


def get_current_settings():
    return Settings()


@contextlib.contextmanager
def temporary_settings(updates=None, set_defaults=None, restore_defaults=None):
    """Other settings within: those of this process's environment are changed, and come back."""
    changes = {}
    for each in restore_defaults or ():
        changes.update({each.name: None, "ORCH_" + each.name[len("PREFECT_") :]: None})
    changes.update({each.name: value for each, value in (set_defaults or {}).items() if changes.get(each.name, os.environ.get(each.name)) is None})
    changes.update({each.name: value for each, value in (updates or {}).items()})
    before = {name: os.environ.get(name) for name in changes}
    is_elsewhere = any(name.endswith(("_API_URL", "_API_KEY")) for name in changes)
    with own_api() if is_elsewhere else contextlib.nullcontext():
        set_variables(changes)
        try:
            yield Settings()
        finally:
            set_variables(before)


def set_variables(values):
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = str(value)


@contextlib.contextmanager
def own_api():
    """The API of other settings. Records that wait are sent to the server that they are of."""
    from . import _api
    from ._log import SHIPPER

    SHIPPER.flush()
    before, _api._api = _api._api, None
    try:
        yield
    finally:
        SHIPPER.flush()
        _api._api = before


class Profile:
    def __init__(self, name, settings):
        self.name, self.settings = name, settings


class SettingsContext:
    """The settings, and the profile that they are of."""

    def __init__(self):
        self.settings = Settings()
        self.profile = Profile(setting("PROFILE", "default"), {})

    @classmethod
    def get(cls):
        return cls()


def get_settings_context():
    return SettingsContext()
