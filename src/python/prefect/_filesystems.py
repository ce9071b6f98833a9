"""Blocks for files: folders of this machine, and those that fsspec reaches where it is installed."""
import os

from ._artifacts import compatible
from ._blocks import Block
from ._missing import vendor


class Files(Block):
    """Needs `_resolve_path`, and of what that gives `_open` and `_write`."""

    def read_path(self, path):
        with self._open(self._resolve_path(path)) as file:
            return compatible(file.read())

    def write_path(self, path, content):
        place = self._resolve_path(path)
        self._write(place, content)
        return compatible(place)


class LocalFileSystem(Files):
    """A folder of this machine."""

    _block_type_slug = "local-file-system"
    basepath: "Optional[str]" = None

    def _resolve_path(self, path):
        base = os.path.abspath(os.path.expanduser(str(self.basepath or ".")))
        found = os.path.abspath(os.path.join(base, path))
        if os.path.commonpath([base, found]) != base:
            raise ValueError("Provided path %s is outside of the base path %s." % (found, base))
        return found

    def _open(self, place):
        return open(place, "rb")

    def _write(self, place, content):
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place + ".part", "wb") as file:
            file.write(content)
        os.replace(place + ".part", place)

    def get_directory(self, from_path=None, local_path=None):
        copy_tree(self._resolve_path(from_path or "."), os.path.abspath(local_path or "."))
        return compatible(None)

    def put_directory(self, local_path=None, to_path=None, ignore_file=None):
        copy_tree(os.path.abspath(local_path or "."), self._resolve_path(to_path or "."))
        return compatible(None)


def copy_tree(source, target):
    import shutil

    if source == target:
        return
    for folder, _, names in list(os.walk(source)):
        place = os.path.join(target, os.path.relpath(folder, source))
        os.makedirs(place, exist_ok=True)
        for name in names:
            shutil.copy2(os.path.join(folder, name), os.path.join(place, name))


class Remote(Files):
    """What fsspec reads and writes: `reached` says where, and with which settings."""

    # The package that fsspec needs for the address.
    needs = None

    def _resolve_path(self, path):
        return self.reached()[0].rstrip("/") + "/" + str(path).lstrip("/")

    def filesystem(self):
        address, options = self.reached()
        fsspec = vendor("fsspec", "fsspec", type(self).__name__)
        try:
            return fsspec.filesystem(address.partition("://")[0], **options)
        except ImportError:
            vendor(self.needs or "fsspec." + address.partition("://")[0], self.needs or "fsspec", type(self).__name__)
            raise

    def _open(self, place):
        return self.filesystem().open(place, "rb")

    def _write(self, place, content):
        files = self.filesystem()
        files.makedirs(place.rpartition("/")[0], exist_ok=True)
        with files.open(place, "wb") as file:
            file.write(content)

    def get_directory(self, from_path=None, local_path=None):
        self.filesystem().get(self._resolve_path(from_path or ""), os.path.abspath(local_path or "."), recursive=True)
        return compatible(None)

    def put_directory(self, local_path=None, to_path=None, ignore_file=None, overwrite=True):
        source = os.path.join(os.path.abspath(local_path or "."), "")
        self.filesystem().put(source, self._resolve_path(to_path or ""), recursive=True)
        return compatible(None)


def given(**options):
    """The options that have a value, with secrets in the open."""
    shown = {key: getattr(value, "get_secret_value", lambda: value)() for key, value in options.items()}
    return {key: value for key, value in shown.items() if value}


class RemoteFileSystem(Remote):
    _block_type_slug = "remote-file-system"
    basepath: str
    settings: "Optional[dict]" = None

    def reached(self):
        return self.basepath, dict(self.settings or {})


class S3(Remote):
    _block_type_slug = "s3"
    needs = "s3fs"
    bucket_path: str
    aws_access_key_id: "Optional[SecretStr]" = None
    aws_secret_access_key: "Optional[SecretStr]" = None

    def reached(self):
        return "s3://" + self.bucket_path, given(key=self.aws_access_key_id, secret=self.aws_secret_access_key)


class GCS(Remote):
    _block_type_slug = "gcs"
    needs = "gcsfs"
    bucket_path: str
    service_account_info: "Optional[SecretStr]" = None
    project: "Optional[str]" = None

    def reached(self):
        import json

        options = given(token=self.service_account_info, project=self.project)
        if "token" in options:
            options["token"] = json.loads(options["token"])
        return "gcs://" + self.bucket_path, options


class Azure(Remote):
    _block_type_slug = "azure"
    needs = "adlfs"
    bucket_path: str
    azure_storage_connection_string: "Optional[SecretStr]" = None
    azure_storage_account_name: "Optional[SecretStr]" = None
    azure_storage_account_key: "Optional[SecretStr]" = None

    def reached(self):
        return "az://" + self.bucket_path, given(
            connection_string=self.azure_storage_connection_string,
            account_name=self.azure_storage_account_name,
            account_key=self.azure_storage_account_key,
        )


class SMB(Remote):
    _block_type_slug = "smb"
    needs = "smbprotocol"
    share_path: str
    smb_host: str
    smb_username: "Optional[SecretStr]" = None
    smb_password: "Optional[SecretStr]" = None
    smb_port: "Optional[int]" = None

    def reached(self):
        options = given(username=self.smb_username, password=self.smb_password, port=self.smb_port)
        return "smb://%s/%s" % (self.smb_host.rstrip("/"), self.share_path.lstrip("/")), dict(options, host=self.smb_host)


class GitHub(Block):
    _block_type_slug = "github"
    repository: str
    reference: "Optional[str]" = None
    access_token: "Optional[SecretStr]" = None
    include_git_objects: "Optional[bool]" = True
