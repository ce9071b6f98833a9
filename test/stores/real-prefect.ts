// Prefect 2.10.4 with the storage libraries and collections of its day, in one Python environment of its own.
import { expect } from "bun:test";
import { join } from "node:path";
import { pythonEnvironment } from "../python.ts";

const environment = await pythonEnvironment({
  ...{ name: "prefect-2.10.4-stores", program: "prefect", day: "2023-04-15" },
  packages: [
    ...["prefect==2.10.4", "setuptools<68", "pip", "smbprotocol", "paramiko"],
    // With later ones Prefect 2.10.4 finds nothing that it has itself uploaded: they copy the folder, not what is in it.
    ...["s3fs==2023.1.0", "gcsfs==2023.1.0", "adlfs==2023.1.0", "fsspec==2023.1.0"],
    ...["prefect-aws==0.3.0", "prefect-gcp[cloud_storage]==0.4.0", "prefect-azure[blob_storage]==0.2.5"],
    ...["prefect-github==0.1.5", "prefect-gitlab==0.1.1", "prefect-bitbucket==0.1.1"],
  ],
}).catch((error) => {
  console.log(`Skipped: Prefect 2.10.4 with its storage libraries cannot be installed here. ${error}`);
});

/** Whether it can be had here. */
export const possible = environment !== undefined;

interface Place {
  home: string;
  /** Where programs run. */
  folder: string;
  /** Of the server, with `/api`. */
  api: string;
  env: Record<string, string>;
}

/** Runs a program of the environment to its end, and gives what it has printed. What it fails with fails the test. */
export async function prefect({ home, folder, api, env }: Place, program: string, ...args: string[]): Promise<string> {
  const bin = join(environment ?? "", "bin");
  const child = Bun.spawn([join(bin, program), ...args], {
    cwd: folder,
    env: {
      ...{ HOME: home, PATH: `${bin}:/usr/bin:/bin`, PYTHONWARNINGS: "ignore", COLUMNS: "300" },
      ...{ PREFECT_HOME: join(home, ".prefect"), PREFECT_API_URL: api, ...env },
    },
    ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect(code === 0 ? "" : `${out}\n${err}`).toBe("");
  return `${out}\n${err}`;
}
