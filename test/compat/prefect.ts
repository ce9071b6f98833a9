// The real Prefect beside our executable: its Python, its command line, its agent and its worker, on our server.

import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { prefectEnvironment } from "../bench/environment.ts";
import { createSandbox, type Sandbox } from "../binary/sandbox.ts";

/** The folder of its Python environment; undefined where it cannot be had. */
export const environment = await prefectEnvironment().catch((error) => {
  console.log(`Skipped: Prefect 2.10.4 cannot be installed here. ${error}`);
});

/** Whether it can be had here. */
export const possible = environment !== undefined;

export interface Prefect {
  sandbox: Sandbox;
  /** Of the server, without `/api`. */
  url: string;
  write(file: string, text: string): void;
  /** Runs a program to its end and gives what it printed; what it fails with fails the test. */
  python(code: string, ...args: string[]): Promise<string>;
  /** Starts `prefect ...args`, or another program of its environment, and leaves it running. */
  start(args: string[], program?: string): { output(): string; stop(): Promise<number> };
  /** Calls the API. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

/** Takes commands as JSON lists of words from its argument, and prints what came of each as a line of JSON. */
export const RUNNER = `
import json, sys
from typer.testing import CliRunner
from prefect.cli import app
runner = CliRunner()
for words in json.loads(sys.argv[1]):
    result = runner.invoke(app, words, catch_exceptions=True)
    print("@@" + json.dumps([result.exit_code, result.output]))
`;

/** Starts a server in a sandbox. `at`: the folder of the environment; without it that of 2.10.4. */
export async function createPrefect(options: string[] = [], at = environment): Promise<Prefect> {
  const bin = join(at ?? "", "bin");
  const sandbox = createSandbox();
  const server = sandbox.start(["server", "start", "--port", "0", ...options]);
  const url = (await server.until(/running at (http:\S+?),/))[1] ?? "";
  const env = {
    ...{ HOME: sandbox.home, PATH: `${bin}:/usr/bin:/bin`, PYTHONWARNINGS: "ignore", COLUMNS: "300" },
    ...{ PREFECT_HOME: join(sandbox.home, ".prefect"), PREFECT_API_URL: `${url}/api`, PREFECT_CLI_COLORS: "false" },
    ...{ PREFECT_AGENT_QUERY_INTERVAL: "1", PREFECT_WORKER_QUERY_SECONDS: "1" },
    ...{ PREFECT_RUNNER_POLL_FREQUENCY: "1", PYTHONUNBUFFERED: "1" },
  };
  const running = new Set<() => Promise<number>>();

  return {
    sandbox,
    url,
    write(file, text) {
      const path = join(sandbox.folder, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
    async python(code, ...args) {
      const child = Bun.spawn([join(bin, "python"), "-c", code, ...args], {
        ...{ cwd: sandbox.folder, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      });
      const [out, err, exit] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      expect(exit === 0 ? "" : `${out}\n${err}`).toBe("");
      return out.trim();
    },
    start(args, program = "prefect") {
      const child = Bun.spawn([join(bin, program), ...args], {
        ...{ cwd: sandbox.folder, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        (async () => {
          for await (const chunk of stream) output += new TextDecoder().decode(chunk);
        })();
      }
      const stop = async () => {
        running.delete(stop);
        child.kill("SIGINT");
        const forced = setTimeout(() => child.kill("SIGKILL"), 10_000);
        const code = await child.exited;
        clearTimeout(forced);
        return code;
      };
      running.add(stop);
      return { output: () => output, stop };
    },
    async call(method, path, body) {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${url}/api${path}`, { method, headers, body: body ? JSON.stringify(body) : null });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
      return text === "" ? null : JSON.parse(text);
    },
    async close() {
      for (const stop of running) await stop();
      await sandbox.close();
    },
  };
}

/** Looks twice a second until what is found is something; two minutes and a half at most, as machines may be busy. */
export async function until<T>(look: () => Promise<T | undefined>, what: () => string, looks = 300): Promise<T> {
  for (let attempt = 0; attempt < looks; attempt += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await Bun.sleep(500);
  }
  throw new Error(`waited in vain: ${what()}`);
}
