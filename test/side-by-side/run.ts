// Runs the command lines with one of the two programs.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMANDS } from "./commands.ts";
import { masked, withoutTraceback } from "./mask.ts";

export interface Ran {
  code: number;
  output: string;
}

export interface Program {
  name: "prefect" | "orch";
  /** What is started, before the arguments. */
  executable: string;
  path: string;
  flow: { file: string; source: string; name: string };
  /** Settings of a home in `home`. */
  environment(home: string): Record<string, string>;
  /** Starts the server and gives the address of its API and a way to end it. */
  serve(environment: Record<string, string>): Promise<{ url: string; stop(): Promise<void> }>;
}

const UNKNOWN_KEY = "name: x\nflow_name: y\ninfrastructure:\n  type: process\n  _block_type_slug: process\nbogus: 1\n";

/** The output of each command, in their order. */
export async function runAll(program: Program, progress: (line: string) => void = () => {}): Promise<Ran[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "side-by-side-")));
  const [home, folder] = [join(root, "home"), join(root, "project")];
  mkdirSync(home);
  mkdirSync(join(folder, "flows"), { recursive: true });
  writeFileSync(join(folder, program.flow.file), program.flow.source);
  writeFileSync(join(folder, "unknown-key.yaml"), UNKNOWN_KEY);
  const environment = { PATH: program.path, HOME: home, COLUMNS: "140", ...program.environment(home) };
  const server = await program.serve(environment);
  try {
    const ran: Ran[] = [];
    for (const { args } of COMMANDS) {
      const words = args.map((word) => concrete(word, program));
      const child = Bun.spawn([program.executable, ...words], {
        cwd: folder,
        env: { ...environment, PREFECT_API_URL: server.url },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
      ran.push({ code: await child.exited, output: masked(withoutTraceback(out + err), [folder, home]) });
      progress(`${program.name} ${words.join(" ")}`);
    }
    return ran;
  } finally {
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

function concrete(word: string, { flow, name }: Program): string {
  return word
    .replace(/^FLOW$/, `${flow.file}:${flow.name}`)
    .replace(/^FILE/, flow.file)
    .replace(/^YAML$/, `${flow.name}-deployment.yaml`)
    .replace(/^none\.py/, name === "orch" ? "none.ts" : "none.py");
}

/** Starts a server and waits until it answers. */
export async function served(command: string[], env: Record<string, string>, port: number) {
  const child = Bun.spawn(command, { env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const url = `http://127.0.0.1:${port}/api`;
  for (let look = 0; look < 600; look += 1) {
    const healthy = await fetch(`${url}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (healthy) break;
    await Bun.sleep(100);
  }
  return {
    url,
    async stop() {
      child.kill("SIGINT");
      await child.exited;
    },
  };
}

export function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = server;
  server.stop(true);
  if (port === undefined) throw new Error("no port was free");
  return port;
}
