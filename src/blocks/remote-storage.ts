// Storage on other machines: object stores, shares, repositories.
import { type BlockTypeDefinition, blockFields, type Capability } from "./block-type.ts";
import { flag, integer, object, secretText, text } from "./fields.ts";

const READ_AND_WRITE: readonly Capability[] = ["get-directory", "put-directory", "read-path", "write-path"];

export const s3: BlockTypeDefinition = {
  slug: "s3",
  name: "S3",
  description: "Stores files in a bucket of AWS S3, or of a service that speaks like it.",
  is_protected: false,
  capabilities: READ_AND_WRITE,
  fields: blockFields(
    "S3",
    {
      bucket_path: text("Bucket Path"),
      aws_access_key_id: secretText("AWS Access Key ID"),
      aws_secret_access_key: secretText("AWS Secret Access Key"),
    },
    { required: ["bucket_path"], secret: ["aws_access_key_id", "aws_secret_access_key"] },
  ),
};

export const gcs: BlockTypeDefinition = {
  slug: "gcs",
  name: "GCS",
  description: "Stores files in a bucket of Google Cloud Storage.",
  is_protected: false,
  capabilities: READ_AND_WRITE,
  fields: blockFields(
    "GCS",
    {
      bucket_path: text("Bucket Path"),
      service_account_info: secretText("Service Account Info"),
      project: text("Project"),
    },
    { required: ["bucket_path"], secret: ["service_account_info"] },
  ),
};

const AZURE_SECRETS = {
  azure_storage_connection_string: secretText("Azure storage connection string"),
  azure_storage_account_name: secretText("Azure storage account name"),
  azure_storage_account_key: secretText("Azure storage account key"),
  azure_storage_tenant_id: secretText("Azure storage tenant ID"),
  azure_storage_client_id: secretText("Azure storage client ID"),
  azure_storage_client_secret: secretText("Azure storage client secret"),
};

export const azure: BlockTypeDefinition = {
  slug: "azure",
  name: "Azure",
  description: "Stores files in a container of Azure Blob Storage.",
  is_protected: false,
  capabilities: READ_AND_WRITE,
  fields: blockFields(
    "Azure",
    {
      bucket_path: text("Bucket Path"),
      ...AZURE_SECRETS,
      azure_storage_anon: flag("Azure storage anonymous connection", true),
    },
    { required: ["bucket_path"], secret: Object.keys(AZURE_SECRETS) },
  ),
};

export const smb: BlockTypeDefinition = {
  slug: "smb",
  name: "SMB",
  description: "Stores files on a share of the network.",
  is_protected: false,
  capabilities: READ_AND_WRITE,
  fields: blockFields(
    "SMB",
    {
      share_path: text("Share Path"),
      smb_username: secretText("SMB Username"),
      smb_password: secretText("SMB Password"),
      // `tile` is a slip of the old server, and part of its schema.
      smb_host: text("Smb Host", { tile: "SMB server/hostname" }),
      smb_port: integer("SMB port"),
    },
    { required: ["share_path", "smb_host"], secret: ["smb_username", "smb_password"] },
  ),
};

export const github: BlockTypeDefinition = {
  slug: "github",
  name: "GitHub",
  description: "Takes flow code from a repository on GitHub.",
  is_protected: false,
  capabilities: ["get-directory"],
  fields: blockFields(
    "GitHub",
    {
      repository: text("Repository"),
      reference: text("Reference"),
      access_token: secretText("Access Token", { name: "Personal Access Token" }),
      include_git_objects: flag("Include Git Objects", true),
    },
    { required: ["repository"], secret: ["access_token"] },
  ),
};

export const remoteFileSystem: BlockTypeDefinition = {
  slug: "remote-file-system",
  name: "Remote File System",
  description: "Stores files at an address such as s3://bucket/folder, with the settings it needs.",
  is_protected: false,
  capabilities: READ_AND_WRITE,
  fields: blockFields(
    "RemoteFileSystem",
    { basepath: text("Basepath"), settings: object("Settings") },
    { required: ["basepath"] },
  ),
};
