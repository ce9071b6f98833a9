// Starts fake-gcs-server, which speaks like Google Cloud Storage, with its data in memory. Built once, in the user's cache folder.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "../python.ts";
import { freePort } from "./free-port.ts";

const VERSION = "v1.56.1";
const program = await built().catch((error) => {
  console.log(`Skipped: fake-gcs-server cannot be built here. ${error}`);
});

/** Whether it can be had here. */
export const possible = program !== undefined;

export interface FakeGcs {
  url: string;
  /** Makes a bucket with a name of its own. */
  bucket(): Promise<string>;
  /** Stores an object, past the code under test. */
  put(bucket: string, name: string, content: string): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** With Go of the machine: a minute, once. */
async function built(): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "orch-stores", `fake-gcs-server-${VERSION}`);
  const binary = join(folder, "fake-gcs-server");
  if (existsSync(binary)) return binary;
  const go = Bun.which("go") ?? ["/usr/local/go/bin/go", "/usr/lib/go/bin/go"].find(existsSync);
  if (go === undefined) throw new Error("Go is not installed.");
  console.error(`Building fake-gcs-server in ${folder}: this takes minutes, once.`);
  const options = [`GOBIN=${folder}`, "CGO_ENABLED=0"];
  await run(["env", ...options, go, "install", `github.com/fsouza/fake-gcs-server@${VERSION}`]);
  return binary;
}

export async function startFakeGcs(): Promise<FakeGcs> {
  const port = await freePort();
  const options = ["-backend", "memory", "-scheme", "http", "-host", "127.0.0.1", "-port", String(port)];
  const child = Bun.spawn([program ?? "", ...options, "-log-level", "info"], {
    ...{ stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  });
  const reader = child.stderr.getReader();
  let printed = "";
  while (!printed.includes("server started at")) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`fake-gcs-server did not start: ${printed}`);
    printed += new TextDecoder().decode(value);
  }
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  const url = `http://localhost:${port}`;
  const post = async (path: string, body: string) => {
    const response = await fetch(`${url}${path}`, { method: "POST", body });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  let buckets = 0;
  return {
    url,
    async bucket() {
      buckets += 1;
      await post("/storage/v1/b?project=p", JSON.stringify({ name: `bucket-${buckets}` }));
      return `bucket-${buckets}`;
    },
    put: (bucket, name, content) =>
      post(`/upload/storage/v1/b/${bucket}/o?uploadType=media&name=${encodeURIComponent(name)}`, content),
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await child.exited;
      await drained;
    },
  };
}
