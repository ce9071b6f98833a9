// Starts smbd, Samba's server of shares: SMB 3 alone, signing required, one user, its shares in a folder that goes at the end.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

const missing = ["smbd", "pdbedit", "smbclient"].find((program) => Bun.which(program) === null);
const reason = missing ? `${missing} is not installed` : process.getuid?.() === 0 ? undefined : "smbd needs root";
if (reason !== undefined) console.log(`Skipped: shares cannot be served here: ${reason}.`);

/** Whether it can be had here. */
export const possible = reason === undefined;

export const USER = "author";
/** With what quotes, shells and configuration files would stumble over; blanks at its ends. */
export const PASSWORD = " pa ss%\"w'$;! ";

export interface Samba {
  port: number;
  /** Where the shares lie on this machine, by their names. */
  folders: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

interface Share {
  /** Default: one that goes with the server. */
  folder?: string;
  /** Lines of its configuration. */
  settings?: string;
}

export async function startSamba(shares: Readonly<Record<string, Share>>): Promise<Samba> {
  const root = mkdtempSync(join(tmpdir(), "orch-samba-"));
  const port = await freePort();
  const own = join(root, "own");
  mkdirSync(own);
  const config = join(root, "smb.conf");
  const folders = Object.fromEntries(
    Object.entries(shares).map(([name, { folder }]) => [name, folder ?? join(root, "shares", name)]),
  );
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
  }
  writeFileSync(join(own, "users"), `root = ${USER}\n`);
  const places = [
    "private dir",
    "state directory",
    "cache directory",
    "lock directory",
    "pid directory",
    "ncalrpc dir",
  ];
  writeFileSync(
    config,
    `[global]
server role = standalone server
workgroup = OFFICE
interfaces = 127.0.0.1
bind interfaces only = yes
smb ports = ${port}
disable netbios = yes
server signing = mandatory
server min protocol = SMB3
load printers = no
printcap name = /dev/null
passdb backend = tdbsam:${own}/users.tdb
username map = ${own}/users
log file = ${own}/log
${places.map((name) => `${name} = ${own}`).join("\n")}
${Object.entries(folders)
  .map(([name, folder]) => `[${name}]\npath = ${folder}\nread only = no\n${shares[name]?.settings ?? ""}`)
  .join("\n")}
`,
  );
  const user = Bun.spawnSync(["pdbedit", "--configfile", config, "-t", "-a", "-u", "root"], {
    stdin: new Blob([`${PASSWORD}\n${PASSWORD}\n`]),
  });
  if (!user.success) throw new Error(`pdbedit: ${user.stdout}${user.stderr}`);
  // It has a process group, which it ends with itself.
  const child = Bun.spawn(["smbd", "--foreground", "--configfile", config, "--debug-stdout", "--debuglevel=3"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader(); // the same streams
  for (let printed = ""; !printed.includes("waiting for connections"); ) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`smbd did not start: ${printed}`);
    printed += value;
  }
  // It goes on to write: not read, its pipe would fill up.
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  return {
    port,
    folders,
    async stop() {
      child.kill();
      await child.exited;
      await drained;
      rmSync(root, { recursive: true, force: true });
    },
  };
}
