// Repositories by ssh: a server of OpenSSH on this machine, with a key of the test's and no questions.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { openStorage } from "#storage/registry.ts";
import { cannotRun, createRepositories, type Repositories } from "./git-server.ts";

const SSHD = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"].find(existsSync);
const impossible =
  cannotRun ?? (SSHD && Bun.which("ssh") ? null : "the server and the client of OpenSSH are not installed");

let repositories: Repositories;
let server: Subprocess | undefined;
let port = 0;
let key = "";
/** Bun's `userInfo` asks the environment. */
const user = impossible ? "" : Bun.spawnSync(["id", "-un"]).stdout.toString().trim();
const before = process.env["GIT_SSH_COMMAND"];

/** For the one key and the one host that are known; `-F` leaves the user's configuration out. */
const sshWith = (hosts: string, identity = key) =>
  `ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -i ${identity} -o UserKnownHostsFile=${hosts}`;

beforeAll(async () => {
  if (impossible || !SSHD) return;
  repositories = createRepositories();
  repositories.commit("app", { "flows/etl.ts": "by ssh", "other.txt": "x" });
  const folder = join(repositories.root, "ssh");
  mkdirSync(folder, { mode: 0o700 });
  key = join(folder, "key");
  for (const name of ["host", "key", "stranger"]) {
    Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)]);
  }
  const authorized = join(folder, "authorized");
  writeFileSync(authorized, readFileSync(`${key}.pub`));
  chmodSync(authorized, 0o600);
  port = await freePort();
  const config = [
    ...[
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${join(folder, "host")}`,
      `AuthorizedKeysFile ${authorized}`,
    ],
    ...["StrictModes no", "PasswordAuthentication no", "PidFile none", "UsePAM no"],
  ];
  writeFileSync(join(folder, "config"), `${config.join("\n")}\n`);
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true }); // it asks for this folder when it is root
  const started = Bun.spawn([SSHD, "-D", "-e", "-f", join(folder, "config")], { stderr: "pipe", stdout: "ignore" });
  server = started;
  for await (const chunk of started.stderr) if (/listening on/.test(new TextDecoder().decode(chunk))) break;
  const [kind, public_] = readFileSync(join(folder, "host.pub"), "utf8").split(" ");
  writeFileSync(join(folder, "known"), `[127.0.0.1]:${port} ${kind} ${public_}\n`);
  process.env["GIT_SSH_COMMAND"] = sshWith(join(folder, "known"));
});
afterAll(async () => {
  if (before === undefined) delete process.env["GIT_SSH_COMMAND"];
  else process.env["GIT_SSH_COMMAND"] = before;
  server?.kill();
  await server?.exited;
  repositories?.close();
});

async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const taken = createServer().listen(0, "127.0.0.1", () => {
    const address = taken.address();
    taken.close(() => resolve(typeof address === "object" && address ? address.port : 0));
  });
  return promise;
}

const suite = describe.skipIf(impossible !== null);
const got = async (repository: string, more: { reference?: string; path?: string } = {}) => {
  const target = mkdtempSync(join(repositories.root, "got-"));
  const storage = await openStorage("github", { repository, reference: more.reference ?? null });
  await storage.getDirectory(more.path ?? null, target);
  return (path: string) => (existsSync(join(target, path)) ? readFileSync(join(target, path), "utf8") : null);
};
const address = () => `ssh://${user}@127.0.0.1:${port}${repositories.root}/app.git`;

suite("by ssh", () => {
  test("blocks 10: a sub-folder of a branch", async () => {
    const read = await got(address(), { reference: "main", path: "flows" });
    expect(["flows/etl.ts", "other.txt"].map(read)).toEqual(["by ssh", null]);
  });

  test("blocks 10: an address of the form user@host:path", async () => {
    const command = process.env["GIT_SSH_COMMAND"];
    process.env["GIT_SSH_COMMAND"] = `${command} -p ${port}`;
    const read = await got(`${user}@127.0.0.1:${repositories.root}/app.git`).finally(() => {
      process.env["GIT_SSH_COMMAND"] = command;
    });
    expect(read("flows/etl.ts")).toBe("by ssh");
  });

  test("blocks 10: a key that the server does not know is one sentence", async () => {
    const command = process.env["GIT_SSH_COMMAND"];
    process.env["GIT_SSH_COMMAND"] = sshWith(join(key, "../known"), join(key, "../stranger"));
    const failed = got(address()).finally(() => {
      process.env["GIT_SSH_COMMAND"] = command;
    });
    await expect(failed).rejects.toThrow(/^Failed to pull from remote: .*Permission denied/);
  });

  test("blocks 10: a server that is not known is not asked about", async () => {
    const command = process.env["GIT_SSH_COMMAND"];
    delete process.env["GIT_SSH_COMMAND"];
    const failed = got(address()).finally(() => {
      process.env["GIT_SSH_COMMAND"] = command;
    });
    await expect(failed).rejects.toThrow(
      /^Failed to pull from remote: .*(Host key verification failed|Permission denied)/,
    );
  });
});
