"""Blocks of prefect_gcp: buckets and credentials of Google Cloud, by Google's own packages."""
import json
from typing import Optional

from ._artifacts import compatible
from ._blocks import Block, SecretDict
from ._cloud import Bucket
from ._missing import vendor


class GcpCredentials(Block):
    """A service account, by its file or its content; without one, what Google's packages find."""

    _block_type_name = "GCP Credentials"
    _block_type_slug = "gcp-credentials"
    service_account_file: Optional[str] = None
    service_account_info: Optional[SecretDict] = None
    project: Optional[str] = None

    def info(self):
        given = self.service_account_info
        given = getattr(given, "get_secret_value", lambda: given)()
        return json.loads(given) if isinstance(given, str) else given

    def get_credentials_from_service_account(self):
        scopes = ["https://www.googleapis.com/auth/cloud-platform"]
        account = vendor("google.oauth2.service_account", "google-auth", "GcpCredentials").Credentials
        if self.info():
            return account.from_service_account_info(self.info(), scopes=scopes)
        if self.service_account_file:
            import os

            return account.from_service_account_file(os.path.expanduser(str(self.service_account_file)), scopes=scopes)
        return vendor("google.auth", "google-auth", "GcpCredentials").default(scopes=scopes)[0]

    def get_access_token(self):
        credentials = self.get_credentials_from_service_account()
        credentials.refresh(vendor("google.auth.transport.requests", "google-auth requests", "GcpCredentials").Request())
        return compatible(credentials.token)

    def made(self, module, package, kind, project):
        client = getattr(vendor(module, package, "GcpCredentials"), kind)
        credentials = self.get_credentials_from_service_account()
        return client(credentials=credentials, project=project or self.project or getattr(credentials, "project_id", None))

    def get_cloud_storage_client(self, project=None):
        return self.made("google.cloud.storage", "google-cloud-storage", "Client", project)

    def get_bigquery_client(self, project=None, location=None):
        return self.made("google.cloud.bigquery", "google-cloud-bigquery", "Client", project)

    def get_secret_manager_client(self):
        client = vendor("google.cloud.secretmanager", "google-cloud-secret-manager", "GcpCredentials").SecretManagerServiceClient
        return client(credentials=self.get_credentials_from_service_account())

    def get_client(self, client_type):
        kinds = {"cloud_storage": self.get_cloud_storage_client, "bigquery": self.get_bigquery_client, "secret_manager": self.get_secret_manager_client}
        return kinds[getattr(client_type, "value", client_type)]()


class GcsBucket(Bucket, Block):
    """A bucket of Google Cloud Storage."""

    _block_type_name = "GCS Bucket"
    _block_type_slug = "gcs-bucket"
    bucket: str
    gcp_credentials: GcpCredentials = None
    bucket_folder: str = ""

    def get_bucket(self):
        return compatible(self.opened())

    def opened(self):
        found = self.__dict__.get("_bucket")
        if found is None:
            found = self._bucket = (self.gcp_credentials or GcpCredentials()).get_cloud_storage_client().bucket(self.bucket)
        return found

    def list_blobs(self, folder=""):
        return compatible(list(self.opened().client.list_blobs(self.bucket, prefix=self._key(folder))))

    def list_folders(self, folder=""):
        return compatible(sorted({name.rpartition("/")[0] for name in self._names(self._key(folder)) if "/" in name}))

    def upload_from_dataframe(self, df, to_path, serialization_format="csv_gzip", **options):
        import io

        kind, _, packed = getattr(serialization_format, "value", str(serialization_format)).lower().partition("_")
        bytes_of = io.BytesIO()
        if kind == "parquet":
            df.to_parquet(bytes_of, compression=packed or None)
        else:
            df.to_csv(bytes_of, index=False, compression=packed or None)
        suffix = {"csv": ".csv", "parquet": ".parquet"}[kind]
        suffix = {"gzip": suffix + ".gz" if kind == "csv" else ".gz.parquet", "snappy": ".snappy.parquet"}.get(packed, suffix)
        key = self._key(str(to_path).rsplit(".", 1)[0] + suffix if "." in str(to_path).rpartition("/")[2] else str(to_path) + suffix)
        self._put(key, bytes_of.getvalue())
        return compatible(key)

    def _where(self):
        return "gs://%s/" % self.bucket

    def _get(self, key):
        return self.opened().blob(key).download_as_bytes()

    def _put(self, key, content):
        self.opened().blob(key).upload_from_string(content)

    def _names(self, start):
        return [blob.name for blob in self.opened().client.list_blobs(self.bucket, prefix=start)]
