// Litestream, which copies an SQLite database to a store as it is written: started on a file, and to bring it back.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { goProgram } from "./go-program.ts";

const program = await goProgram("github.com/benbjohnson/litestream/cmd/litestream", "v0.5.18");

/** Whether it can be had here. */
export const possible = program !== undefined;

export interface Litestream {
  /** What it has printed so far. */
  output(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface Replica {
  /** Copies this database until it is stopped; waits for one that is not there yet. */
  start(database: string): Litestream;
  /** Writes what the store has to this file, which must not be there. False when the store has nothing. */
  restore(database: string): Promise<boolean>;
}

const TEMPLATE = "templates/kubernetes/base/litestream.yml";
const PATH_OF_TEMPLATE = "/home/nonroot/.orch/orch.db";

/** A copy in this bucket of a store that asks for no key, with the settings of templates/kubernetes. `folder`: for their files. */
export function replicaIn(folder: string, { url, bucket }: { url: string; bucket: string }): Replica {
  const env = {
    ...{ LITESTREAM_BUCKET: bucket, LITESTREAM_PATH: "orch", LITESTREAM_REGION: "us-east-1" },
    ...{ LITESTREAM_ENDPOINT: url, LITESTREAM_PATH_STYLE: "true" },
    ...{ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
  };

  function settingsOf(database: string): string {
    const file = join(folder, `litestream-${Bun.hash(database).toString(36)}.yml`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, readFileSync(TEMPLATE, "utf8").replace(PATH_OF_TEMPLATE, database));
    return file;
  }

  return {
    start(database) {
      const child = Bun.spawn([program ?? "", "replicate", "-config", settingsOf(database)], {
        ...{ env, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      });
      let printed = "";
      const collect = async (stream: ReadableStream<Uint8Array>) => {
        for await (const chunk of stream) printed += new TextDecoder().decode(chunk);
      };
      const collected = Promise.all([collect(child.stdout), collect(child.stderr)]);
      return {
        output: () => printed,
        async stop(signal = "SIGTERM") {
          child.kill(signal);
          await child.exited;
          await collected;
        },
      };
    },
    async restore(database) {
      mkdirSync(dirname(database), { recursive: true });
      const child = Bun.spawn(
        [program ?? "", "restore", "-config", settingsOf(database), "-if-replica-exists", database],
        {
          ...{ env, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
        },
      );
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      if (code !== 0) throw new Error(`litestream restore exited ${code}: ${out}${err}`);
      return await Bun.file(database).exists();
    },
  };
}
