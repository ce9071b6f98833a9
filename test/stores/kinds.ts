// Each kind of storage with a server of its own, and blocks that reach it by an address that may be a proxy's.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { type Memory, memoryStore } from "#storage/memory.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";
import { createRepositories, cannotRun as noGit, serveGit } from "../storage/git-server.ts";
import { ACCOUNT, ACCOUNT_KEY, possible as azuriteIsThere, startAzurite } from "./azurite.ts";
import { possible as gcsIsThere, startFakeGcs } from "./fake-gcs.ts";
import { possible as motoIsThere, SECRET, startMoto } from "./moto.ts";
import { PASSWORD, possible as sambaIsThere, startSamba, USER } from "./samba.ts";
import { possible as sshdIsThere, startSshd } from "./sshd.ts";

/** What a block has wrong: its key or password, or the bucket, share, branch or folder. */
export type Wrong = "key" | "place";

export interface StartedKind {
  /** Where the server listens, as `http://127.0.0.1:1`. */
  target: string;
  /** Of a block that reaches it at `url`. */
  fields(url: string, wrong?: Wrong): JsonObject;
  /** Texts that nothing may print. */
  secrets: readonly string[];
  /** What a proxy answers itself, for a server that looks at no key. */
  refusal?(request: string): string | undefined;
  /** Brings a folder to `flows`, where blocks cannot. */
  publish?(folder: string): Promise<void>;
  stop(): Promise<unknown>;
}

export interface StorageKind {
  name: string;
  slug: string;
  isPossible: boolean;
  start(): Promise<StartedKind>;
  /** Nothing is written by its blocks. */
  isReadOnly?: boolean;
}

const TOKEN = "tok_0123456789abcdef";

export const STORAGE_KINDS: readonly StorageKind[] = [
  { name: "s3", slug: "remote-file-system", isPossible: motoIsThere, start: startS3 },
  { name: "gs", slug: "remote-file-system", isPossible: gcsIsThere, start: startGs },
  { name: "azure", slug: "azure", isPossible: azuriteIsThere, start: startAzure },
  { name: "smb", slug: "smb", isPossible: sambaIsThere, start: startSmb },
  { name: "sftp", slug: "remote-file-system", isPossible: sshdIsThere, start: startSftp },
  { name: "http", slug: "remote-file-system", isPossible: true, start: startHttp, isReadOnly: true },
  { name: "gitlab", slug: "gitlab-repository", isPossible: noGit === null, start: startGit, isReadOnly: true },
];

async function startS3(): Promise<StartedKind> {
  const moto = await startMoto();
  const bucket = await moto.bucket();
  const { key, secret } = await moto.guard([{ Effect: "Allow", Action: "s3:*", Resource: "*" }]);
  return {
    target: moto.url,
    fields: (url, wrong) => ({
      basepath: `s3://${wrong === "place" ? "no-such-bucket" : bucket}/base`,
      settings: { key, secret: wrong === "key" ? SECRET : secret, client_kwargs: { endpoint_url: url } },
    }),
    secrets: [secret, SECRET],
    stop: () => moto.stop(),
  };
}

async function startGs(): Promise<StartedKind> {
  const server = await startFakeGcs();
  const bucket = await server.bucket();
  const token = (wrong?: Wrong) => `ya29.${wrong === "key" ? "wrong" : "right"}-s3cret`;
  const refusal = JSON.stringify({ error: { code: 401, message: "Invalid Credentials" } });
  return {
    target: server.url,
    fields: (url, wrong) => ({
      basepath: `gs://${wrong === "place" ? "no-such-bucket" : bucket}/base`,
      settings: { endpoint_url: url, token: token(wrong) },
    }),
    secrets: ["s3cret"],
    refusal: (request) =>
      request.includes(token("key"))
        ? `HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: ${refusal.length}\r\n\r\n${refusal}`
        : undefined,
    stop: () => server.stop(),
  };
}

async function startAzure(): Promise<StartedKind> {
  const server = await startAzurite();
  const container = await server.bucket();
  const other = Buffer.from("another key of the account").toString("base64");
  return {
    target: server.url,
    fields(url, wrong) {
      const key = wrong === "key" ? other : ACCOUNT_KEY;
      const place = `BlobEndpoint=${new URL(url).origin}/${ACCOUNT}`;
      return {
        bucket_path: `${wrong === "place" ? "no-such-container" : container}/base`,
        azure_storage_connection_string: `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};${place};`,
      };
    },
    secrets: [ACCOUNT_KEY, other],
    stop: () => server.stop(),
  };
}

async function startSmb(): Promise<StartedKind> {
  const server = await startSamba({ share: {} });
  return {
    target: `http://127.0.0.1:${server.port}`,
    fields: (url, wrong) => ({
      ...{ smb_host: "127.0.0.1", smb_port: Number(new URL(url).port), smb_username: USER },
      smb_password: wrong === "key" ? "wrong-s3cret" : PASSWORD,
      share_path: wrong === "place" ? "no-such-share/base" : "share/base",
    }),
    secrets: [PASSWORD.trim(), "wrong-s3cret"],
    stop: () => server.stop(),
  };
}

async function startSftp(): Promise<StartedKind> {
  const server = await startSshd();
  const folder = server.folder();
  await Bun.write(join(folder, "file"), "no folder");
  return {
    target: `http://127.0.0.1:${server.port}`,
    fields: (url, wrong) => ({
      basepath: `sftp://${server.username}@127.0.0.1:${new URL(url).port}${folder}/${wrong === "place" ? "file" : "base"}`,
      settings: { key_filename: wrong === "key" ? server.otherKey : server.key, look_for_keys: false },
    }),
    secrets: ["OPENSSH PRIVATE KEY"],
    stop: () => server.stop(),
  };
}

async function startHttp(): Promise<StartedKind> {
  const memory: Memory = new Map();
  const wanted = `Basic ${Buffer.from("ada:right-s3cret").toString("base64")}`;
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch(request) {
      if (request.headers.get("authorization") !== wanted) return new Response("no", { status: 401 });
      const content = memory.get(decodeURIComponent(new URL(request.url).pathname.slice(1)));
      return content ? new Response(content) : new Response("", { status: 404 });
    },
  });
  return {
    target: server.url.origin,
    fields: (url, wrong) => ({
      basepath: `http://ada:${wrong === "key" ? "wrong" : "right"}-s3cret@127.0.0.1:${new URL(url).port}/${wrong === "place" ? "none" : "base"}`,
    }),
    secrets: ["s3cret"],
    publish: async (folder) => void (await storedTree(memoryStore("base", memory)).putDirectory(folder, "flows")),
    stop: () => server.stop(true),
  };
}

async function startGit(): Promise<StartedKind> {
  const repositories = createRepositories();
  const server = serveGit(repositories.root, { wanted: `oauth2:${TOKEN}` });
  return {
    target: server.url,
    fields: (url, wrong) => ({
      repository: `${new URL(url).origin}/app.git`,
      reference: wrong === "place" ? "no-such-branch" : null,
      credentials: { token: wrong === "key" ? `wrong-${TOKEN}` : TOKEN },
    }),
    secrets: [TOKEN],
    async publish(folder) {
      const paths = readdirSync(folder);
      const files = paths.map((path) => [`flows/${path}`, readFileSync(join(folder, path), "utf8")] as const);
      repositories.commit("app", Object.fromEntries(files));
    },
    async stop() {
      await server.close();
      repositories.close();
    },
  };
}
