// Starts fake-gcs-server, which speaks like Google Cloud Storage, with its data in memory.
import { freePort } from "./free-port.ts";
import { goProgram } from "./go-program.ts";

const program = await goProgram("github.com/fsouza/fake-gcs-server", "v1.56.1");

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
