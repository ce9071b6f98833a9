// `sftp://` addresses of the block `remote-file-system`, against OpenSSH's own server.

import { heapStats } from "bun:jsc";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { sftpOptions } from "#storage/sftp/options.ts";
import { sftpStore } from "#storage/sftp/store.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";
import { storageContract } from "../contracts/storage.ts";
import { createFaultProxy } from "./cutting-proxy.ts";
import { deployAndRun } from "./deployed.ts";
import { PASSPHRASE, possible, type Sshd, startSshd } from "./sshd.ts";

let server: Sshd;
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "orch-sftp-"));
  if (possible) server = await startSshd();
});
afterAll(async () => {
  await server?.stop();
  rmSync(home, { recursive: true });
});

const storeAt = (folder: string, settings: JsonObject = {}, port = server.port, from = home) => {
  const address = { scheme: "sftp", host: `127.0.0.1:${port}`, path: folder.slice(1) };
  return sftpStore(sftpOptions({ ...address, settings: { key_filename: server.key, ...settings } }, from, {}));
};
const storageAt = (...given: Parameters<typeof storeAt>) => storedTree(storeAt(...given));

function filesIn(all: Record<string, string | Uint8Array>): string {
  const made = mkdtempSync(join(home, "files-"));
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(made, path)), { recursive: true });
    writeFileSync(join(made, path), content);
  }
  return made;
}

describe.skipIf(!possible)("files by SFTP", () => {
  describe("keep the contract of storages", () =>
    storageContract(async () => ({ storage: storageAt(server.folder()) })));
  describe("keep it in a folder that is not there yet", () =>
    storageContract(async () => ({ storage: storageAt(`${server.folder()}/deep/er`) })));

  test("blocks 13: sftp: what was read of a large file is not kept", async () => {
    const folder = server.folder();
    const size = 64 * 1024 * 1024;
    writeFileSync(join(folder, "large"), Buffer.alloc(size, 7));
    const held = () => {
      Bun.gc(true);
      return heapStats().extraMemorySize;
    };
    const content = await storeAt(folder).read("large");
    const before = held();
    let read = 0;
    for await (const chunk of content.stream()) read += chunk.length;
    expect(read).toBe(size);
    expect(held() - before).toBeLessThan(size / 2);
  });

  test("blocks 5: sftp: names with blanks, signs and unicode, and empty files survive", async () => {
    const folder = server.folder();
    const names = [
      ...["a b.ts", " begins", "späße/ü.txt", "日本語.py", "👍.txt", "p%20+q#r?.ts", "+", "#", "a&b<c>'\".xml"],
      ...[".hidden/.env.d", "(1)!*~$,;=:@.txt", "back\\slash", "tab\there", "..double", "a..b", "x".repeat(255)],
    ];
    const all = Object.fromEntries(names.map((name, index) => [name, index === 0 ? "" : `${index}`]));
    await storageAt(folder).putDirectory(filesIn(all), "to here+there%");
    for (const [name, content] of Object.entries(all)) {
      expect([name, readFileSync(join(folder, "to here+there%", name), "utf8")]).toEqual([name, content]);
    }
    const target = filesIn({});
    await storageAt(folder).getDirectory("to here+there%", target);
    for (const [name, content] of Object.entries(all)) {
      expect([name, readFileSync(join(target, name), "utf8")]).toEqual([name, content]);
    }
  });

  test("sftp: what others have stored is fetched; links to files are files, circles do no harm", async () => {
    const folder = server.folder();
    mkdirSync(join(folder, "lib"));
    writeFileSync(join(folder, "lib/a.ts"), "1");
    symlinkSync("a.ts", join(folder, "lib/b.ts"));
    symlinkSync("..", join(folder, "lib/up"));
    symlinkSync("gone", join(folder, "lib/nowhere"));
    const target = filesIn({});
    await storageAt(folder).getDirectory(null, target);
    expect(readdirSync(target, { recursive: true }).toSorted()).toEqual(["lib", "lib/a.ts", "lib/b.ts"]);
  });

  test("blocks 13: sftp: a large file comes back as it was, and is written over; nothing else is left", async () => {
    const folder = server.folder();
    const random = crypto.getRandomValues(new Uint8Array(65_536));
    for (const bytes of [3 * 1024 * 1024 + 17, 2 * 1024 * 1024]) {
      const content = new Uint8Array(bytes).map((_, index) => random[(index * 31) % 65_536] ?? 0);
      await storageAt(folder).putDirectory(filesIn({ "large.bin": content }), null);
      const target = filesIn({});
      await storageAt(folder).getDirectory(null, target);
      expect(Buffer.compare(readFileSync(join(target, "large.bin")), content)).toBe(0);
    }
    expect(readdirSync(folder, { recursive: true }).toSorted()).toEqual([".orch", ".orch/manifest.json", "large.bin"]);
  });

  test("blocks 12: sftp: what is cut off on its way is sent and fetched again", async () => {
    const folder = server.folder();
    const all = Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [`${index}.bin`, new Uint8Array(300_000 + index)]),
    );
    let calls = 0;
    const proxy = createFaultProxy(`http://127.0.0.1:${server.port}`, () => {
      calls += 1;
      return calls % 2 === 1 ? { cutAfterBytes: 1_000_000 } : {};
    });
    try {
      const port = Number(new URL(proxy.url).port);
      await storageAt(folder, {}, port).putDirectory(filesIn(all), null);
      expect(calls).toBe(2);
      const target = filesIn({});
      await storageAt(folder, {}, port).getDirectory(null, target);
      expect(calls).toBe(4);
      for (const [name, content] of Object.entries(all)) {
        expect(Buffer.compare(readFileSync(join(target, name)), content)).toBe(0);
      }
    } finally {
      proxy.close();
    }
  });

  test("sftp: a server that goes away in mid-upload is named; what was there before is there", async () => {
    const folder = server.folder();
    await storageAt(folder).putDirectory(filesIn({ "a.bin": "before" }), null);
    const proxy = createFaultProxy(`http://127.0.0.1:${server.port}`, () => ({ cutAfterBytes: 500_000 }));
    try {
      const port = Number(new URL(proxy.url).port);
      const put = storageAt(folder, {}, port).putDirectory(filesIn({ "a.bin": new Uint8Array(2_000_000) }), null);
      await expect(put).rejects.toThrow(`The connection to sftp://127.0.0.1:${port} was lost.`);
    } finally {
      proxy.close();
    }
    const target = filesIn({});
    await storageAt(folder).getDirectory(null, target);
    expect(readFileSync(join(target, "a.bin"), "utf8")).toBe("before");
  }, 120_000);

  test("sftp: a key that is not let in, one that is locked, none at all: one sentence each", async () => {
    const folder = server.folder();
    const name = `sftp://127.0.0.1:${server.port}`;
    const refusalOf = (settings: JsonObject) =>
      storageAt(folder, settings)
        .readPath("a")
        .then(
          () => "no refusal",
          (error) => String(error.message),
        );
    expect(await refusalOf({ key_filename: server.otherKey, username: server.username })).toBe(
      `${name} does not let '${server.username}' in. Tried: the key '${server.otherKey}'.`,
    );
    expect(await refusalOf({ key_filename: server.lockedKey })).toBe(
      `The login at ${name} cannot use the key '${server.lockedKey}': its passphrase is missing or wrong: give the setting 'passphrase'.`,
    );
    expect(await refusalOf({ key_filename: null, username: "me" })).toStartWith(
      `There is nothing to log in with as 'me' at ${name}.`,
    );
    const withPassword = await refusalOf({ key_filename: null, username: "me", password: "not-to-be-seen" });
    expect(withPassword).toBe(`${name} does not let 'me' in. Tried: the password.`);
  });

  test("sftp: keys by their text, with a passphrase, and those in ~/.ssh let in", async () => {
    const folder = server.folder();
    writeFileSync(join(folder, "a"), "1");
    const own = filesIn({ ".ssh/id_ed25519": readFileSync(server.key) });
    for (const storage of [
      storageAt(folder, { key_filename: null, pkey: readFileSync(server.key, "utf8") }),
      storageAt(folder, { key_filename: server.lockedKey, passphrase: PASSPHRASE }),
      storageAt(folder, { key_filename: null }, server.port, own),
    ]) {
      expect(Buffer.from(await storage.readPath("a")).toString()).toBe("1");
    }
  });

  test("sftp: a key that the SSH agent has lets in", async () => {
    const folder = server.folder();
    writeFileSync(join(folder, "a"), "1");
    const started = Bun.spawnSync(["ssh-agent", "-s"]).stdout.toString();
    const [, socket = ""] = /SSH_AUTH_SOCK=([^;]+)/.exec(started) ?? [];
    const env = { SSH_AUTH_SOCK: socket, USER: server.username };
    try {
      Bun.spawnSync(["ssh-add", "-q", server.key], { env: { ...process.env, ...env } });
      const address = { scheme: "ssh", host: `127.0.0.1:${server.port}`, path: folder.slice(1), settings: {} };
      const storage = storedTree(sftpStore(sftpOptions(address, home, env)));
      expect(Buffer.from(await storage.readPath("a")).toString()).toBe("1");
    } finally {
      process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]));
    }
  });

  test("sftp: a host key that is not the one in known_hosts is refused, the right one is taken", async () => {
    const folder = server.folder();
    writeFileSync(join(folder, "a"), "1");
    const host = `[127.0.0.1]:${server.port}`;
    const other = readFileSync(`${server.otherKey}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
    const knowing = (lines: string) => storageAt(folder, {}, server.port, filesIn({ ".ssh/known_hosts": lines }));
    await expect(knowing(`${host} ${other}\n`).readPath("a")).rejects.toThrow(
      "may be another server than the one you know",
    );
    await expect(knowing(`@revoked * ${server.hostKey}\n`).readPath("a")).rejects.toThrow("was revoked");
    for (const lines of [
      `${host} ${server.hostKey}\n`,
      `elsewhere ${other}\n`,
      `${host} ${other}\n${host} ${server.hostKey}\n`,
    ]) {
      expect(Buffer.from(await knowing(lines).readPath("a")).toString()).toBe("1");
    }
  });

  test("sftp: an upload that is ended by a signal says so", async () => {
    const controller = new AbortController();
    const files = filesIn(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index}.ts`, `${index}`])));
    const put = storageAt(server.folder()).putDirectory(files, null, {
      signal: controller.signal,
      onProgress: ({ files: sent }) => sent === 5 && controller.abort(new Error("stopped by hand")),
    });
    await expect(put).rejects.toThrow("stopped by hand");
  });

  test("sftp: a flow is deployed from one home and run by an agent with another", async () => {
    const folder = server.folder();
    const address = `sftp://${server.username}:not-to-be-seen@127.0.0.1:${server.port}${folder}`;
    const fields = { basepath: address, settings: { key_filename: server.key } };
    await deployAndRun("remote-file-system", fields, "flows", { secrets: ["not-to-be-seen"] });
    expect(existsSync(join(folder, "flows/hello.ts"))).toBe(true);
  }, 60_000);
});
