// Starts OpenSSH's server on the loopback: with keys made for it, for the user that runs the tests.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

const PROGRAM = "/usr/sbin/sshd";

/** Whether it can be had here. */
export const possible = existsSync(PROGRAM);
if (!possible) console.log(`Skipped: there is no ${PROGRAM} here; it is in Debian's package openssh-server.`);

export interface Sshd {
  port: number;
  username: string;
  /** The path of a private key that it lets in. */
  key: string;
  /** The same key, locked with the passphrase `open sesame`. */
  lockedKey: string;
  /** The path of a private key that it does not let in. */
  otherKey: string;
  /** Its public host key: `ssh-ed25519 AAAA…`. */
  hostKey: string;
  /** Makes an empty folder that it serves. */
  folder(): string;
  stop(): Promise<void>;
}

export const PASSPHRASE = "open sesame";

export async function startSshd(): Promise<Sshd> {
  const root = mkdtempSync(join(tmpdir(), "orch-sshd-"));
  const at = (name: string) => join(root, name);
  const makeKey = (name: string) =>
    Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", at(name)]);
  for (const name of ["host", "user", "other"]) makeKey(name);
  copyFileSync(at("user"), at("locked"));
  Bun.spawnSync(["chmod", "600", at("locked")]);
  Bun.spawnSync(["ssh-keygen", "-q", "-p", "-P", "", "-N", PASSPHRASE, "-f", at("locked")]);
  const port = await freePort();
  const lines = [
    ...[`Port ${port}`, "ListenAddress 127.0.0.1", `HostKey ${at("host")}`, `AuthorizedKeysFile ${at("user")}.pub`],
    ...["StrictModes no", "UsePAM no", "PasswordAuthentication no", "PermitRootLogin prohibit-password"],
    ...["PidFile none", "MaxStartups 100", "Subsystem sftp internal-sftp"],
  ];
  writeFileSync(at("config"), `${lines.join("\n")}\n`);
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const child = Bun.spawn([PROGRAM, "-D", "-e", "-f", at("config")], {
    ...{ stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  });
  const reader = child.stderr.getReader();
  let printed = "";
  while (!printed.includes("Server listening")) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`sshd did not start: ${printed}`);
    printed += Buffer.from(value).toString();
  }
  // It writes a line for each connection: not read, its pipe would fill up.
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  return {
    ...{
      port,
      username: Bun.spawnSync(["id", "-un"]).stdout.toString().trim(),
      key: at("user"),
      lockedKey: at("locked"),
      otherKey: at("other"),
    },
    hostKey: readFileSync(`${at("host")}.pub`, "utf8")
      .split(" ")
      .slice(0, 2)
      .join(" "),
    folder: () => mkdtempSync(at("files-")),
    async stop() {
      child.kill();
      await child.exited;
      await reader.cancel();
      await drained;
      rmSync(root, { recursive: true, force: true });
    },
  };
}
