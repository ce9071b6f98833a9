// Starts the peers that flows of the gallery talk to: PostgreSQL and Redis on sockets of their own, and finds Chromium.
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumPath } from "../ui/browser.ts";
import type { Need } from "./entries.ts";

export interface Peer {
  /** What a flow needs to find it: a folder, a socket, a program. */
  address: string;
  close(): Promise<void>;
}

/** How Debian calls the package of each. */
export const DEBIAN: Record<Need, string> = { PostgreSQL: "postgresql", Redis: "redis-server", Chromium: "chromium" };

const starters: Record<Need, () => Promise<Peer> | undefined> = {
  PostgreSQL() {
    const programs = postgresqlPrograms();
    return programs === undefined ? undefined : startPostgresql(programs);
  },
  Redis: () => (Bun.which("redis-server") === null ? undefined : startRedis()),
  Chromium() {
    const address = chromiumPath();
    return address === undefined ? undefined : Promise.resolve({ address, close: async () => {} });
  },
};

/** Starts a peer; `undefined` where the machine does not have it. */
export async function startPeer(need: Need): Promise<Peer | undefined> {
  return await starters[need]();
}

/** The folder of `initdb` and `postgres`, which Debian keeps off the PATH. */
function postgresqlPrograms(): string | undefined {
  const [newest] = [...new Bun.Glob("/usr/lib/postgresql/*/bin/initdb").scanSync("/")].sort().reverse();
  const initdb = newest ?? Bun.which("initdb");
  return initdb ? join(initdb, "..") : undefined;
}

/** PostgreSQL refuses to work as root, so root starts it as another user. */
const ANOTHER = { name: "nobody", uid: 65534, gid: 65534 };

async function startPostgresql(programs: string): Promise<Peer> {
  const isRoot = process.getuid?.() === 0;
  const folder = temporaryFolder("orch-gallery-pg-");
  if (isRoot) chownSync(folder, ANOTHER.uid, ANOTHER.gid);
  const as = isRoot ? ["setpriv", `--reuid=${ANOTHER.name}`, "--regid=nogroup", "--clear-groups", "--"] : [];
  const data = join(folder, "data");
  const initdb = [
    join(programs, "initdb"),
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--locale=C",
    "--no-sync",
  ];
  const made = Bun.spawn([...as, ...initdb], { cwd: folder, stdout: "ignore", stderr: "inherit" });
  if ((await made.exited) !== 0) throw new Error("initdb failed");
  const postgres = [join(programs, "postgres"), "-D", data, "-k", folder, "-h", "", "-F"];
  return start([...as, ...postgres], folder, /ready to accept connections/, folder);
}

function startRedis(): Promise<Peer> {
  const folder = temporaryFolder("orch-gallery-redis-");
  const socket = join(folder, "redis.sock");
  const redis = ["redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder];
  return start(redis, folder, /accept connections/, socket);
}

function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(folder, 0o755);
  return folder;
}

/** Starts a server and resolves when it has printed `ready`. */
async function start(command: string[], folder: string, ready: RegExp, address: string): Promise<Peer> {
  const child = Bun.spawn(["sh", "-c", 'exec "$@" 2>&1', "sh", ...command], { cwd: folder, stdout: "pipe" });
  const close = async () => {
    child.kill("SIGINT");
    await child.exited;
    if (existsSync(folder)) rmSync(folder, { recursive: true });
  };
  let printed = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += chunk;
    if (ready.test(printed)) return { address, close };
  }
  await close();
  throw new Error(`'${command.join(" ")}' ended before it was ready:\n${printed}`);
}
