"""Blocks of prefect_aws: buckets and credentials of Amazon, by boto3."""
from typing import Optional

from ._artifacts import compatible
from ._blocks import Block, Part, SecretValue
from ._cloud import Bucket
from ._missing import vendor


class AwsClientParameters(Part):
    """What every client of boto3 is made with."""

    api_version: Optional[str] = None
    use_ssl: bool = True
    verify: bool = True
    verify_cert_path: Optional[str] = None
    endpoint_url: Optional[str] = None
    config: Optional[dict] = None

    def options(self):
        found = {"api_version": self.api_version, "endpoint_url": self.endpoint_url, "use_ssl": self.use_ssl}
        found["verify"] = self.verify_cert_path or self.verify
        if self.config:
            found["config"] = vendor("botocore.config", "boto3", "AwsClientParameters").Config(**self.config)
        return {name: value for name, value in found.items() if value is not None}


class AwsCredentials(Block):
    """Keys of Amazon; without them, what boto3 finds."""

    _block_type_name = "AWS Credentials"
    _block_type_slug = "aws-credentials"
    aws_access_key_id: Optional[str] = None
    aws_secret_access_key: Optional[SecretValue] = None
    aws_session_token: Optional[str] = None
    profile_name: Optional[str] = None
    region_name: Optional[str] = None
    aws_client_parameters: Optional[AwsClientParameters] = None

    def get_boto3_session(self):
        names = "aws_access_key_id aws_secret_access_key aws_session_token profile_name region_name".split()
        return session({name: getattr(self, name) for name in names})

    def get_client(self, client_type, **options):
        parameters = self.aws_client_parameters.options() if self.aws_client_parameters else {}
        return self.get_boto3_session().client(getattr(client_type, "value", client_type), **dict(parameters, **options))

    def get_s3_client(self):
        return self.get_client("s3")

    def get_secrets_manager_client(self):
        return self.get_client("secretsmanager")


def session(fields):
    shown = {name: getattr(value, "get_secret_value", lambda: value)() for name, value in fields.items()}
    return vendor("boto3", "boto3", "AwsCredentials").Session(**{name: value for name, value in shown.items() if value})


class MinIOCredentials(AwsCredentials):
    """Keys of a MinIO server, whose address is in `aws_client_parameters`."""

    _block_type_name = "MinIO Credentials"
    _block_type_slug = "minio-credentials"
    minio_root_user: str
    minio_root_password: SecretValue
    region_name: Optional[str] = None

    def get_boto3_session(self):
        return session({"aws_access_key_id": self.minio_root_user, "aws_secret_access_key": self.minio_root_password, "region_name": self.region_name})


class S3Bucket(Bucket, Block):
    """A bucket of S3."""

    _block_type_name = "S3 Bucket"
    _block_type_slug = "s3-bucket"
    bucket_name: str
    credentials: Optional[AwsCredentials] = None
    bucket_folder: str = ""

    def client(self):
        found = self.__dict__.get("_client")
        if found is None:
            found = self._client = (self.credentials or AwsCredentials()).get_s3_client()
        return found

    def list_objects(self, folder="", delimiter="", page_size=None, max_items=None, jmespath_query=None):
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=self._key(folder), Delimiter=delimiter)
        return compatible([item for page in pages for item in page.get("Contents", [])][:max_items])

    def _where(self):
        return "s3://%s/" % self.bucket_name

    def _get(self, key):
        return self.client().get_object(Bucket=self.bucket_name, Key=key)["Body"].read()

    def _put(self, key, content):
        self.client().put_object(Bucket=self.bucket_name, Key=key, Body=content)

    def _names(self, start):
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=start)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]
