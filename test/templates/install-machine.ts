// A machine for install.sh: a home, a PATH with chosen tools, and a release whose executables are small scripts.
import { expect } from "bun:test";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tarOf, xzOf } from "../repo/release/tar.ts";
import { TARGETS } from "../repo/release/targets.ts";

/** What install.sh asks of a system, without curl and wget. */
const TOOLS = [
  ...["cat", "chmod", "cp", "df", "dirname", "grep", "gzip", "head", "ls", "mkdir", "mv", "rm", "rmdir", "sed", "sh"],
  ...["ldd", "openssl", "sha256sum", "shasum", "sysctl", "tail", "uname"],
];
const SYSTEM = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

export interface Result {
  /** Null when a signal ended it. */
  code: number | null;
  out: string;
  err: string;
}

export interface RunOptions {
  env?: Record<string, string | undefined>;
  /** The program that reads install.sh. */
  shell?: string[];
  folder?: string;
}

export interface InstallMachine {
  root: string;
  home: string;
  /** The folder of a release. */
  release: string;
  /** Fills it. The executables are scripts that do what `body` says; `padding` makes them larger. */
  makeRelease(body: string, padding?: Uint8Array): void;
  /** Adds the archives that xz packs. */
  addSmaller(): Promise<void>;
  /** Puts a script on the PATH in place of a tool. */
  fake(tool: string, text: string): void;
  remove(...tools: string[]): void;
  install(words: string[], options?: RunOptions): Promise<Result>;
  /** All files and folders below the home. */
  inHome(): string[];
  close(): void;
}

export function installMachine(name = "orch machine"): InstallMachine {
  const root = realpathSync(mkdtempSync(join(tmpdir(), `${name} `)));
  const [home, bin, release] = ["home", "bin", "release"].map((each) => join(root, each)) as [string, string, string]; // three
  for (const folder of [home, bin, release]) mkdirSync(folder);
  chmodSync(root, 0o755); // for other users too
  const script = join(root, "install.sh");
  copyFileSync("templates/install.sh", script);
  for (const tool of TOOLS) {
    const path = SYSTEM.map((folder) => join(folder, tool)).find(existsSync);
    if (path) symlinkSync(path, join(bin, tool));
  }
  return {
    ...{ root, home, release },
    makeRelease(body, padding = new Uint8Array()) {
      const lines: string[] = [];
      for (const { name, format } of TARGETS) {
        if (format === "PE") continue;
        const program = Buffer.concat([Buffer.from(`#!/bin/sh\n${body}\nexit\n`), padding]);
        const archive = Bun.gzipSync(program);
        for (const [file, bytes] of [[`orch-${name}`, program] as const, [`orch-${name}.gz`, archive] as const]) {
          lines.push(`${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}  ${file}\n`);
          if (file.endsWith(".gz")) writeFileSync(join(release, file), bytes);
        }
      }
      writeFileSync(join(release, "checksums.txt"), lines.join(""));
    },
    async addSmaller() {
      const list = join(release, "checksums.txt");
      for (const { name, format } of TARGETS) {
        if (format === "PE") continue;
        const program = Bun.gunzipSync(readFileSync(join(release, `orch-${name}.gz`)));
        const bytes = await xzOf(tarOf("orch", program));
        writeFileSync(join(release, `orch-${name}.tar.xz`), bytes);
        const digest = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
        appendFileSync(list, `${digest}  orch-${name}.tar.xz\n`);
      }
    },
    fake(tool, text) {
      rmSync(join(bin, tool), { force: true });
      writeFileSync(join(bin, tool), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    },
    remove(...tools) {
      for (const tool of tools) rmSync(join(bin, tool), { force: true });
    },
    async install(words, { env = {}, shell = ["/bin/sh"], folder = root } = {}) {
      const child = Bun.spawn([...shell, script, ...words], {
        ...{ cwd: folder, env: { HOME: home, PATH: bin, ...env } },
        ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      });
      const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
      await child.exited;
      return { code: child.exitCode, out, err };
    },
    inHome: () => readdirSync(home, { recursive: true, encoding: "utf8" }).toSorted(),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** It is one sentence. */
export function expectRefusal({ code, err }: Result, sentence: RegExp | string): void {
  expect(err.trimEnd().split("\n")).toEqual([expect.stringMatching(sentence)]);
  expect(code).toBe(1);
}
