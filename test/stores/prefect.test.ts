// Prefect 2.10.4 beside orch on real stores, shares and repositories: it saves the blocks, its own and those of the
// collections, and each runs what the other one has uploaded.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "../binary/sandbox.ts";
import {
  createRepositories,
  type GitServer,
  makeCertificate,
  cannotRun as noGit,
  type Repositories,
  serveGit,
} from "../storage/git-server.ts";
import { ACCOUNT, ACCOUNT_KEY, type Azurite, possible as azuriteIsThere, startAzurite } from "./azurite.ts";
import { createFaultProxy } from "./cutting-proxy.ts";
import { type FakeGcs, possible as gcsIsThere, startFakeGcs } from "./fake-gcs.ts";
import { KEY, type Moto, possible as motoIsThere, SECRET, startMoto } from "./moto.ts";
import { prefect, possible as prefectIsThere } from "./real-prefect.ts";
import { PASSWORD, type Samba, possible as sambaIsThere, startSamba, USER } from "./samba.ts";
import { type Sshd, possible as sshdIsThere, startSshd } from "./sshd.ts";

const TOKEN = "tok_0123456789abcdef";

const FILES = {
  "flow.py": `from prefect import flow
from helper import word
@flow(name="py")
def py():
    print("python says", word)
    return 1
`,
  "helper.py": "word = 'from afar'\n",
  "flow.ts": `import { flow, getRunLogger } from "orch";
import { word } from "./a b/wörd+.ts";
export const ts = flow(async () => getRunLogger().info("orch says " + word), { name: "ts" });
`,
  "a b/wörd+.ts": `export const word = "from afar";\n`,
};

let sandbox: Sandbox;
let api: string;
const env: Record<string, string> = { NO_GCE_CHECK: "true" };
const secrets = [SECRET, ACCOUNT_KEY, PASSWORD.trim(), TOKEN];
let agents: { theirs: string; ours: string };
const left: { moto?: Moto; gcs?: FakeGcs; azurite?: Azurite; samba?: Samba; sshd?: Sshd; git: GitServer[] } = {
  git: [],
};
let repositories: Repositories | undefined;
let certificate: ReturnType<typeof makeCertificate> = null;
let shares: ReturnType<typeof createFaultProxy> | undefined;
let google: Bun.Server<undefined> | undefined;

interface Kind {
  /** Of the block; `.../k` is its name. */
  slug: string;
  isPossible: boolean;
  /** The block in Python. It may use what the others have made, and starts what it needs. */
  block(): Promise<string>;
  /** Default: both. Repositories are written by git. */
  writtenBy?: "orch" | "git";
  /** Prefect's agent is not tried: another kind is like it, or the collection of the day finds nothing itself. */
  isOursAlone?: boolean;
}

const py = (value: unknown) => `json.loads(${JSON.stringify(JSON.stringify(value))})`;
const git = (isSecure: boolean, wanted: string): string => {
  repositories ??= createRepositories();
  certificate ??= makeCertificate(repositories.root);
  env["GIT_SSL_CAINFO"] = certificate?.file ?? "";
  const tls = isSecure ? certificate : null;
  const server = serveGit(repositories.root, { wanted, ...(tls ? { tls } : {}) });
  left.git.push(server);
  return `${server.url}/app.git`;
};

const KINDS: Readonly<Record<string, Kind>> = {
  s3: {
    ...{ slug: "remote-file-system", isPossible: motoIsThere },
    block: async () => {
      left.moto ??= await startMoto();
      const settings = { key: KEY, secret: SECRET, client_kwargs: { endpoint_url: left.moto.url } };
      return `RemoteFileSystem(basepath="s3://${await left.moto.bucket()}/base", settings=${py(settings)})`;
    },
  },
  "s3-bucket": {
    ...{ slug: "s3-bucket", isPossible: motoIsThere },
    block: async () => {
      left.moto ??= await startMoto();
      const keys = `aws_access_key_id="${KEY}", aws_secret_access_key="${SECRET}"`;
      const own = `AwsCredentials(${keys}, aws_client_parameters=AwsClientParameters(endpoint_url="${left.moto.url}"))`;
      return `S3Bucket(bucket_name="${await left.moto.bucket()}", credentials=saved(${own}))`;
    },
  },
  minio: {
    ...{ slug: "s3-bucket", isPossible: motoIsThere, writtenBy: "orch", isOursAlone: true },
    block: async () => {
      left.moto ??= await startMoto();
      const own = `minio_root_user="${KEY}", minio_root_password="${SECRET}"`;
      const where = `aws_client_parameters=AwsClientParameters(endpoint_url="${left.moto.url}")`;
      return `S3Bucket(bucket_name="${await left.moto.bucket()}", credentials=saved(MinIOCredentials(${own}, ${where})))`;
    },
  },
  gcs: {
    ...{ slug: "gcs", isPossible: gcsIsThere },
    block: async () => {
      const key = await googleKey();
      return `GCS(bucket_path="${await left.gcs?.bucket()}/base", service_account_info=${JSON.stringify(JSON.stringify(key))})`;
    },
  },
  "gcs-bucket": {
    ...{ slug: "gcs-bucket", isPossible: gcsIsThere, isOursAlone: true },
    block: async () => {
      const own = `GcpCredentials(service_account_info=${py(await googleKey())})`;
      return `GcsBucket(bucket="${await left.gcs?.bucket()}", gcp_credentials=saved(${own}))`;
    },
  },
  azure: {
    ...{ slug: "azure", isPossible: azuriteIsThere },
    block: async () =>
      `Azure(bucket_path="${await container()}/base", azure_storage_connection_string="${connection()}")`,
  },
  container: {
    ...{ slug: "azure-blob-storage-container", isPossible: azuriteIsThere, writtenBy: "orch", isOursAlone: true },
    block: async () => {
      const own = `AzureBlobStorageCredentials(connection_string="${connection()}")`;
      return `AzureBlobStorageContainer(container_name="${await container()}", credentials=saved(${own}), base_folder="base")`;
    },
  },
  smb: {
    ...{ slug: "smb", isPossible: sambaIsThere },
    block: async () => {
      left.samba ??= await startSamba({ share: {} });
      // fsspec of the day forgets the port where it opens files: so it is the one that it takes then.
      const [a = 0, b = 0, c = 0] = crypto.getRandomValues(new Uint8Array(3));
      const host = `127.${a}.${b}.${Math.min(c + 2, 254)}`;
      shares ??= createFaultProxy(`http://127.0.0.1:${left.samba.port}`, () => ({}), { host, port: 445 });
      const user = `smb_username="${USER}", smb_password=${py(PASSWORD)}`;
      return `SMB(share_path="share/base", smb_host="${host}", ${user})`;
    },
  },
  sftp: {
    ...{ slug: "remote-file-system", isPossible: sshdIsThere },
    block: async () => {
      left.sshd ??= await startSshd();
      const { port, username, key } = left.sshd;
      const settings = { host: "127.0.0.1", port, username, key_filename: key };
      return `RemoteFileSystem(basepath="sftp://127.0.0.1${left.sshd.folder()}", settings=${py(settings)})`;
    },
  },
  github: {
    ...{ slug: "github", isPossible: noGit === null, writtenBy: "git" },
    block: async () => `GitHub(repository="${git(true, `${TOKEN}:`)}", access_token="${TOKEN}")`,
  },
  "github-repository": {
    ...{ slug: "github-repository", isPossible: noGit === null, writtenBy: "git", isOursAlone: true },
    block: async () =>
      `GitHubRepository(repository_url="${git(true, `${TOKEN}:`)}", credentials=GitHubCredentials(token="${TOKEN}"))`,
  },
  "gitlab-repository": {
    ...{ slug: "gitlab-repository", isPossible: noGit === null, writtenBy: "git", isOursAlone: true },
    block: async () => {
      const own = `GitLabCredentials(token="${TOKEN}", url="http://127.0.0.1")`;
      return `GitLabRepository(repository="${git(false, `oauth2:${TOKEN}`)}", credentials=saved(${own}))`;
    },
  },
  "bitbucket-repository": {
    ...{ slug: "bitbucket-repository", isPossible: noGit === null, writtenBy: "git", isOursAlone: true },
    block: async () => {
      const own = `BitBucketCredentials(token="${TOKEN}", username="ada")`;
      return `BitBucketRepository(repository="${git(true, `ada:${TOKEN}`)}", bitbucket_credentials=saved(${own}))`;
    },
  },
};
const possible = prefectIsThere;
const there = Object.entries(KINDS).filter(([, { isPossible }]) => isPossible);
const theirs = there.filter(([, { isOursAlone }]) => !isOursAlone);

/** A key of a service account whose tokens the test gives. */
async function googleKey(): Promise<Record<string, string>> {
  left.gcs ??= await startFakeGcs();
  env["STORAGE_EMULATOR_HOST"] = left.gcs.url;
  google ??= Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: () => Response.json({ access_token: "token", token_type: "Bearer", expires_in: 3600 }),
  });
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const private_key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  secrets.push(private_key.split("\n")[3] ?? "");
  return {
    ...{ type: "service_account", project_id: "p", private_key_id: "1", client_email: "a@p.example", private_key },
    token_uri: `${google.url}token`,
  };
}

async function container(): Promise<string> {
  left.azurite ??= await startAzurite();
  return left.azurite.bucket();
}

function connection(): string {
  return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${ACCOUNT_KEY};BlobEndpoint=${left.azurite?.url};`;
}

const IMPORTS = `import json
from typing import Optional
from prefect.blocks.core import Block
from prefect.filesystems import GCS, SMB, Azure, GitHub, RemoteFileSystem, WritableDeploymentStorage
from prefect.deployments import Deployment, run_deployment
from prefect_aws import AwsCredentials, MinIOCredentials
from prefect_aws.client_parameters import AwsClientParameters
from prefect_aws.s3 import S3Bucket
from prefect_azure import AzureBlobStorageCredentials
from prefect_bitbucket import BitBucketCredentials
from prefect_bitbucket.repository import BitBucketRepository
from prefect_gcp import GcpCredentials
from prefect_gcp.cloud_storage import GcsBucket
from prefect_github import GitHubCredentials
from prefect_github.repository import GitHubRepository
from prefect_gitlab import GitLabCredentials
from prefect_gitlab.repositories import GitLabRepository

# As prefect-azure has it since 0.3.5, which wants a later Prefect.
class AzureBlobStorageContainer(WritableDeploymentStorage):
    _block_type_name = "Azure Blob Storage Container"
    container_name: str
    credentials: AzureBlobStorageCredentials
    base_folder: Optional[str] = None
    async def get_directory(self, from_path=None, local_path=None): pass
    async def put_directory(self, local_path=None, to_path=None, ignore_file=None): pass

count = 0
def saved(block):
    "As people make them: the credentials are a block, which others name."
    global count
    count += 1
    block.save(f"c{count}")
    return type(block).load(f"c{count}")
`;

const orch = async (...args: string[]) => {
  const done = await sandbox.orch(args, { folder: join(sandbox.folder, "code"), env: { ...env, ORCH_API_URL: api } });
  expect([
    done.stderr.replace(/^(Settings of the block that are not used|No agent listens to).*\n/, ""),
    done.code,
  ]).toEqual(["", 0]);
  return done.stdout;
};

beforeAll(async () => {
  if (!possible) return;
  sandbox = createSandbox(["git", "smbclient"].filter((program) => Bun.which(program) !== null));
  const started = sandbox.start(["server", "start", "--port", "0"]);
  api = `${(await started.until(/running at (http:\S+?),/))[1]}/api`;
  const folder = join(sandbox.folder, "code");
  mkdirSync(join(folder, "a b"), { recursive: true });
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(folder, path), text);
  const place = { home: sandbox.home, folder, api, env };

  const blocks: string[] = [];
  for (const [name, { block, writtenBy }] of there) {
    blocks.push(`block = ${await block()}\nblock.save("${name}")`);
    if (writtenBy === undefined) blocks.push(`block.put_directory(".", "theirs")`);
  }
  const files = Object.entries(FILES);
  repositories?.commit("app", Object.fromEntries(files.map(([path, text]) => [`theirs/${path}`, text])));
  repositories?.commit("app", Object.fromEntries(files.map(([path, text]) => [`ours/${path}`, text])));
  await prefect(place, "python", "-c", [IMPORTS, ...blocks].join("\n"));

  const loads = there.flatMap(([name, { slug, writtenBy }]) =>
    writtenBy === "git"
      ? []
      : ["ours", "theirs"].map(
          (path) => `console.log(await (await StorageBlock.load("${slug}/${name}")).putDirectory(".", "${path}"));`,
        ),
  );
  writeFileSync(join(sandbox.folder, "upload.ts"), `import { StorageBlock } from "orch";\n${loads.join("\n")}\n`);
  expect(await orch("run", "../upload.ts")).toBe("4\n".repeat(loads.length));
  // Where orch has written meanwhile, other content of the same length.
  const again = there.flatMap(([name, { slug, writtenBy }]) =>
    writtenBy === undefined ? [`Block.load("${slug}/${name}").put_directory(".", "theirs")`] : [],
  );
  const change = `open("a b/wörd+.ts", "w").write('export const word = "from them";\\n')`;
  // Of a repository Prefect keeps the folders, where it takes what is in them from others.
  const deploy = theirs.map(
    ([name, { slug, writtenBy }]) => `block = Block.load("${slug}/${name}")
Deployment.build_from_flow(flow=py, name="${name}", work_queue_name="theirs", storage=block, path="ours", entrypoint="${writtenBy === "git" ? "ours/" : ""}flow.py:py", skip_upload=True, apply=True)
run_deployment("py/${name}", timeout=0, flow_run_name="${name}")`,
  );
  await prefect(place, "python", "-c", [IMPORTS, "from flow import py", change, ...again, ...deploy].join("\n"));
  for (const [name, { slug, writtenBy }] of there) {
    const path = writtenBy === "orch" ? "ours" : "theirs";
    const build = ["deployment", "build", "-n", name, "-q", "ours", "-sb", `${slug}/${name}/${path}`, "-a"];
    await orch(...build, "--skip-upload", "flow.ts:ts");
    await orch("deployment", "run", `ts/${name}`);
  }
  agents = {
    theirs: await prefect(place, "prefect", "agent", "start", "-q", "theirs", "--run-once"),
    ours: await orch("agent", "start", "-q", "ours", "--run-once"),
  };
}, 600_000);
afterAll(async () => {
  await sandbox?.close();
  const { git: servers, ...others } = left;
  await Promise.all([...Object.values(others).map((server) => server.stop()), ...servers.map((one) => one.close())]);
  shares?.close();
  await google?.stop(true);
  repositories?.close();
});

/** What became of the run of that deployment, with the lines of its log. */
async function runOf(name: string): Promise<{ state: string; lines: string[] }> {
  const call = async (path: string, body: unknown) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${api}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, string>[];
  };
  const [deployment, flow] = name.split("/").toReversed();
  const [run] = await call("/flow_runs/filter", {
    ...{ flows: { name: { any_: [flow] } }, deployments: { name: { any_: [deployment] } } },
  });
  const logs = await call("/logs/filter", { logs: { flow_run_id: { any_: [run?.["id"]] } } });
  return { state: run?.["state_type"] ?? "", lines: logs.map(({ message = "" }) => message) };
}

describe.skipIf(!possible)("blocks 14: with the libraries of its day", () => {
  for (const [name] of theirs) {
    test(`${name}: Prefect's own agent runs what orch has uploaded`, async () => {
      const { state, lines } = await runOf(`py/${name}`);
      expect([state, lines.join("\n")]).toEqual(["COMPLETED", expect.stringContaining("Finished in state Completed")]);
    });
  }
  for (const [name, { slug, writtenBy }] of there) {
    test(`${name}: orch runs what is there, by a block '${slug}' of Prefect's client`, async () => {
      const { state, lines } = await runOf(`ts/${name}`);
      const said = writtenBy === undefined ? "orch says from them" : "orch says from afar";
      expect([state, lines]).toEqual(["COMPLETED", expect.arrayContaining([said])]);
    });
  }
  test("no secret of a block is printed by either", () => {
    for (const secret of secrets) {
      expect(agents.ours).not.toContain(secret);
      expect(agents.theirs).not.toContain(secret);
    }
  });
});
