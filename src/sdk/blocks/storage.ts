// Blocks that keep files: folders of this machine, object stores, shares and repositories.
import { gitlabCredentials, gitlabRepository } from "#blocks/gitlab.ts";
import { localFileSystem } from "#blocks/local-file-system.ts";
import { azure, gcs, github, remoteFileSystem, s3, smb } from "#blocks/remote-storage.ts";
import type { JsonObject } from "#lib/json.ts";
import type { Storage } from "#storage/storage.ts";
import { Block, definitionOf } from "./block.ts";

export interface PutDirectoryOptions {
  /** The file of patterns that are left out. Default: `.orchignore` or `.prefectignore` of the folder. */
  ignoreFile?: string;
}

/** What they do is loaded when it is first asked for. */
export abstract class StorageBlock<Fields extends object> extends Block<Fields> {
  async #storage(): Promise<Storage> {
    const { openStorage } = await import("#storage/registry.ts");
    return openStorage(definitionOf(this).slug, this.toWholeData());
  }

  /** The files below a folder (default: all), at any depth, by the paths that `readPath` takes, in their order. */
  async listPaths(path: string | null = null): Promise<string[]> {
    return (await this.#storage()).listPaths(path);
  }

  /** The content of a file. */
  async readPath(path: string): Promise<Uint8Array> {
    return (await this.#storage()).readPath(path);
  }

  /** Writes a file, whole or not at all. Gives where it lies. */
  async writePath(path: string, content: string | Uint8Array): Promise<string> {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return (await this.#storage()).writePath(path, bytes);
  }

  /** Copies what is stored at `fromPath` (default: everything) into a folder (default: the current one). */
  async getDirectory(fromPath: string | null = null, localPath: string | null = null): Promise<void> {
    await (await this.#storage()).getDirectory(fromPath, localPath ?? process.cwd());
  }

  /** Stores a folder (default: the current one) at `toPath`, without what its ignore file names. Gives the number of files. */
  async putDirectory(
    localPath: string | null = null,
    toPath: string | null = null,
    { ignoreFile }: PutDirectoryOptions = {},
  ): Promise<number> {
    const storage = await this.#storage();
    const folder = localPath ?? process.cwd();
    const { readIgnoreFile } = await import("#project/packing/ignore.ts");
    const { files } = await storage.putDirectory(folder, toPath, { ignores: readIgnoreFile(folder, ignoreFile) });
    return files;
  }
}

/**
 * A folder of this machine. Paths that leave it are refused.
 *
 * @example
 * const results = new LocalFileSystem({ basepath: "/data/results" });
 * await results.writePath("today/report.csv", "a,b\n1,2\n");
 */
export class LocalFileSystem extends StorageBlock<{ basepath?: string | null }> {
  static override readonly definition = localFileSystem;
  declare basepath: string | null;
}

export interface S3Fields {
  /** `bucket` or `bucket/folder`. */
  bucketPath: string;
  awsAccessKeyId?: string | null;
  awsSecretAccessKey?: string | null;
}

export class S3 extends StorageBlock<S3Fields> {
  static override readonly definition = s3;
  declare bucketPath: string;
  declare awsAccessKeyId: string | null;
  declare awsSecretAccessKey: string | null;
}

export interface GCSFields {
  bucketPath: string;
  /** The account's key file, as text. */
  serviceAccountInfo?: string | null;
  project?: string | null;
}

export class GCS extends StorageBlock<GCSFields> {
  static override readonly definition = gcs;
  declare bucketPath: string;
  declare serviceAccountInfo: string | null;
  declare project: string | null;
}

export interface AzureFields {
  bucketPath: string;
  azureStorageConnectionString?: string | null;
  azureStorageAccountName?: string | null;
  azureStorageAccountKey?: string | null;
  azureStorageTenantId?: string | null;
  azureStorageClientId?: string | null;
  azureStorageClientSecret?: string | null;
  /** Default: true. */
  azureStorageAnon?: boolean;
}

export class Azure extends StorageBlock<AzureFields> {
  static override readonly definition = azure;
  declare bucketPath: string;
  declare azureStorageConnectionString: string | null;
  declare azureStorageAccountName: string | null;
  declare azureStorageAccountKey: string | null;
  declare azureStorageTenantId: string | null;
  declare azureStorageClientId: string | null;
  declare azureStorageClientSecret: string | null;
  declare azureStorageAnon: boolean;
}

export interface SMBFields {
  sharePath: string;
  smbHost: string;
  smbPort?: number | null;
  smbUsername?: string | null;
  smbPassword?: string | null;
}

export class SMB extends StorageBlock<SMBFields> {
  static override readonly definition = smb;
  declare sharePath: string;
  declare smbHost: string;
  declare smbPort: number | null;
  declare smbUsername: string | null;
  declare smbPassword: string | null;
}

export interface GitHubFields {
  repository: string;
  /** A branch, a tag or a commit. Default: the branch that the repository names. */
  reference?: string | null;
  /** For addresses that begin with `https://` alone. */
  accessToken?: string | null;
  /** Default: true. */
  includeGitObjects?: boolean;
}

/**
 * Code in a git repository, which is read by the `git` of this machine: `putDirectory` and `writePath` are refused, the other calls fetch it again.
 *
 * @example
 * await (await GitHub.load("flows")).getDirectory("etl", "/srv/app"); // /srv/app/etl/…
 */
export class GitHub extends StorageBlock<GitHubFields> {
  static override readonly definition = github;
  declare repository: string;
  declare reference: string | null;
  declare accessToken: string | null;
  declare includeGitObjects: boolean;
}

export interface GitLabCredentialsFields {
  token?: string | null;
  /** Of a GitLab that you host. */
  url?: string | null;
}

export class GitLabCredentials extends Block<GitLabCredentialsFields> {
  static override readonly definition = gitlabCredentials;
  declare token: string | null;
  declare url: string | null;
}

export interface GitLabRepositoryFields {
  repository: string;
  /** A branch, a tag or a commit. Default: the branch that the repository names. */
  reference?: string | null;
  /** For addresses that begin with `https://` or `http://`. */
  credentials?: GitLabCredentials | null;
}

/** As `GitHub`. */
export class GitLabRepository extends StorageBlock<GitLabRepositoryFields> {
  static override readonly definition = gitlabRepository;
  declare repository: string;
  declare reference: string | null;
  declare credentials: GitLabCredentials | JsonObject | null;
}

export interface RemoteFileSystemFields {
  /** Such as `s3://bucket/folder`. */
  basepath: string;
  settings?: JsonObject | null;
}

export class RemoteFileSystem extends StorageBlock<RemoteFileSystemFields> {
  static override readonly definition = remoteFileSystem;
  declare basepath: string;
  declare settings: JsonObject | null;
}
