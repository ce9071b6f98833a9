// Starts gofakes3, a server that speaks like S3 with its data in memory: beside moto, to see that no one's habits are relied on.
import { goProgram } from "./go-program.ts";
import type { ObjectStoreServer } from "./object-store.ts";

const program = await goProgram("github.com/johannesboyne/gofakes3/cmd/gofakes3", "v1.2.0");

/** Whether it can be had here. */
export const possible = program !== undefined;

export async function startGofakes3(): Promise<ObjectStoreServer> {
  const child = Bun.spawn([program ?? "", "-backend", "memory", "-host", "127.0.0.1:0"], {
    ...{ stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  });
  const reader = child.stderr.getReader();
  let printed = "";
  let port: string | undefined;
  while (port === undefined) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`gofakes3 did not start: ${printed}`);
    printed += new TextDecoder().decode(value);
    port = /using port: (\d+)\n/.exec(printed)?.[1];
  }
  const host = `localhost:${port}`;
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  const put = async (path: string, body?: string) => {
    const response = await fetch(`http://${host}/${path}`, { method: "PUT", ...(body === undefined ? {} : { body }) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  let buckets = 0;
  return {
    url: `http://${host}`,
    async bucket() {
      buckets += 1;
      await put(`bucket-${buckets}`);
      return `bucket-${buckets}`;
    },
    put: (bucket, name, content) => put(`${bucket}/${name}`, content),
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await child.exited;
      await drained;
    },
  };
}
