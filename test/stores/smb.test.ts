// The blocks that reach shares of the network, against Samba.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { openRemoteFileSystem } from "#storage/remote-file-system.ts";
import { smbBlockOptions } from "#storage/smb/options.ts";
import { smbStore } from "#storage/smb/store.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";
import { storageContract } from "../contracts/storage.ts";
import { NO_SMALL_DISKS, smallDisk } from "../small-disk.ts";
import { deployAndRun } from "./deployed.ts";
import { freePort } from "./free-port.ts";
import { PASSWORD, possible, type Samba, startSamba, USER } from "./samba.ts";

const SHARE = "team share";
let samba: Samba;
let root: string;
let places = 0;
beforeAll(async () => {
  if (!possible) return;
  root = mkdtempSync(join(tmpdir(), "orch-smb-test-"));
  samba = await startSamba({ [SHARE]: {}, locked: { settings: "read only = yes" } });
});
afterAll(async () => {
  await samba?.stop();
  if (root) rmSync(root, { recursive: true, force: true });
});

function fields(path: string, other: JsonObject = {}): JsonObject {
  const place = { share_path: path, smb_host: "127.0.0.1", smb_port: samba.port };
  return { ...place, smb_username: USER, smb_password: PASSWORD, ...other };
}

const store = (path: string, other?: JsonObject) => smbStore(smbBlockOptions(fields(path, other)), process.env);
const storage = (path: string, other?: JsonObject) => storedTree(store(path, other));

/** A place of its own on the share. */
function place(): string {
  places += 1;
  return `${SHARE}/of test ${places}`;
}

function onDisk(path: string): string {
  return join(samba.folders[SHARE] ?? "", path.slice(SHARE.length));
}

function filesOf(all: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(root, "files-"));
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function listed(path: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const file of store(path).list("")) paths.push(file.path);
  return paths.toSorted();
}

describe.skipIf(!possible)("shares", () => {
  describe("keep the contract of storages", () => storageContract(async () => ({ storage: storage(place()) })));

  test("blocks 5: smb: names with blanks, signs and unicode, and empty files survive", async () => {
    const path = place();
    const long = `${"AAAAAAA BBBBBBB ".repeat(3)}5  5`;
    const names = [
      ...["a b.ts", " begins", "späße/ü.txt", "日本語.py", "👍.txt", "p%20+q#r.ts", "+", "#", "%USER%", "$HOME"],
      ...[".hidden/.env.d", "(1)!~$,;=@.txt", "!touch x", "..double", "&amp;", "a..b", "it's `x`", "-f", long],
      ...["blocks of size 1024", "NT_STATUS_ACCESS_DENIED listing", "deep/er/and deeper/x", "end-0: command not found"],
    ].filter((name) => !name.includes(":"));
    const all = Object.fromEntries(names.map((name, index) => [name, `${index}`]));
    await storage(path).putDirectory(filesOf({ ...all, empty: "" }), "to here+there%");
    const keys = await listed(`${path}/to here+there%/`);
    expect(keys.filter((key) => !key.startsWith(".orch/"))).toEqual([...names, "empty"].toSorted());
    const to = filesOf({});
    await storage(`${path}\\to here+there%`).getDirectory(null, to);
    for (const [name, content] of Object.entries({ ...all, empty: "" })) {
      expect([name, readFileSync(join(to, name), "utf8")]).toEqual([name, content]);
    }
  });

  test("names that cannot be said are refused and never executed", async () => {
    const made = join(root, "made");
    const sentence = "cannot be the name of a file or folder on a share";
    for (const name of [`a"\n!touch ${made}\n"`, `x\n!touch ${made}`, 'a"b', "a*", "a?", "end.", "blank ", "tab\t"]) {
      for (const path of [name, `folder/${name}`, `${name}/file`]) {
        await expect(storage(SHARE).writePath(path, Buffer.from("1"))).rejects.toThrow(sentence);
        await expect(storage(SHARE).readPath(path)).rejects.toThrow(sentence);
      }
    }
    await expect(storage(place()).putDirectory(filesOf({ 'a"b': "1" }), null)).rejects.toThrow(sentence);
    expect(readdirSync(root)).not.toContain("made");
  });

  test("blocks 9: smb: what is there is written over, and drafts are gone", async () => {
    const path = place();
    for (const content of ["22", ""]) {
      await storage(path).writePath("deep/a b.txt", Buffer.from(content));
      await storage(path).putDirectory(filesOf({ "flow.ts": content, "x/y": `${content}y` }), "p");
      const to = filesOf({});
      await storage(path).getDirectory("p", to);
      expect(readFileSync(join(to, "flow.ts"), "utf8")).toBe(content);
      expect(readFileSync(join(onDisk(path), "deep/a b.txt"), "utf8")).toBe(content);
    }
    expect(
      (readdirSync(onDisk(path), { recursive: true }) as string[]).filter((name) => name.endsWith(".part")),
    ).toEqual([]);
  });

  test("blocks 9: smb: a folder is removed by its files; others of the same name stay", async () => {
    const path = place();
    for (const file of ["f", "d/f", "d/e/f"]) await storage(path).writePath(file, Buffer.from(file));
    await store(path).remove("d/f");
    await store(path).remove("d/none");
    await store(path).remove("none/none");
    expect(await listed(path)).toEqual(["d/e/f", "f"]);
  });

  test("blocks 9: smb: users of a domain, in both ways to write them", async () => {
    const path = place();
    await storage(path).writePath("a", Buffer.from("1"));
    for (const user of [`OFFICE\\${USER}`, `${USER}@OFFICE`]) {
      expect(Buffer.from(await storage(path, { smb_username: user }).readPath("a")).toString()).toBe("1");
    }
  });

  test("blocks 13: smb: many files, and a large one", async () => {
    const path = place();
    const large = new Uint8Array(8 * 1024 * 1024 + 17).map((_, index) => index * 31 + (index >> 9));
    const all = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [`many/${index % 7}/${index}.ts`, `${index}`]),
    );
    await storage(path).putDirectory(filesOf({ ...all, "large.bin": large }), null);
    const to = filesOf({});
    await storage(path).getDirectory(null, to);
    expect(readFileSync(join(to, "many/0/119.ts"), "utf8")).toBe("119");
    expect(Buffer.compare(readFileSync(join(to, "large.bin")), large)).toBe(0);
  });

  test("blocks 9: smb: the password is in no argument and no sentence; a wrong one is a sentence", async () => {
    const wrong = "not the password";
    let seen = 0;
    const watch = async () => {
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        const line = await Bun.file(`/proc/${pid}/cmdline`)
          .text()
          .catch(() => "");
        if (!line.includes(String(samba.port)) || !line.includes("smbclient")) continue;
        seen += 1;
        expect(line).not.toContain(wrong);
        expect(line).not.toContain(PASSWORD.trim());
        expect(line).not.toContain(USER);
      }
    };
    for (let tries = 0; seen === 0 && tries < 20; tries += 1) {
      let isOver = false;
      const reading = storage(SHARE, { smb_password: wrong })
        .readPath("none")
        .catch(() => {})
        .finally(() => {
          isOver = true;
        });
      while (!isOver) await watch();
      await reading;
    }
    expect(seen).toBeGreaterThan(0);
    const server = `127.0.0.1:${samba.port}`;
    await expect(storage(SHARE, { smb_password: wrong }).readPath("none")).rejects.toThrow(
      `The server '${server}' refuses the block's user: the name or the password is wrong. Correct the name and the password there.`,
    );
  });

  test("a share that is not there, and one that is locked, are sentences", async () => {
    const put = (path: string) => storage(path).putDirectory(filesOf({ a: "1" }), null);
    const server = `127.0.0.1:${samba.port}`;
    const none = `There is no share 'none' at '${server}'. Create it, or correct the path in the block.`;
    await expect(put("none/x")).rejects.toThrow(none);
    await expect(storage("none").getDirectory(null, filesOf({}))).rejects.toThrow(none);
    await expect(put("locked/x")).rejects.toThrow(`The block's user may not do this with 'smb://${server}/locked/x/`);
  });

  test.skipIf(NO_SMALL_DISKS !== undefined)("a full share is a sentence, and what was there stays whole", async () => {
    const disk = smallDisk(1024);
    const full = await startSamba({ full: { folder: disk.folder } });
    try {
      const of = storage("full", { smb_port: full.port });
      await of.writePath("a.txt", Buffer.from("old"));
      const put = of.writePath("a.txt", new Uint8Array(2 * 1024 * 1024));
      await expect(put).rejects.toThrow(
        `There is no space left for 'smb://127.0.0.1:${full.port}/full/a.txt' on '127.0.0.1:${full.port}'.`,
      );
      expect(readdirSync(disk.folder)).toEqual(["a.txt"]);
      expect(readFileSync(join(disk.folder, "a.txt"), "utf8")).toBe("old");
    } finally {
      await full.stop();
      disk.remove();
    }
  });

  test("a server that is away is named", async () => {
    const port = await freePort();
    const read = store(SHARE, { smb_port: port }).read("a");
    await expect(read).rejects.toThrow(`The server '127.0.0.1:${port}' cannot be reached: connection refused.`);
  });

  test("without smbclient a sentence says what to install", async () => {
    const without = smbStore(smbBlockOptions(fields(SHARE)), { PATH: "" });
    await expect(without.read("a")).rejects.toThrow(
      "Shares are reached by the program smbclient, which is not on the PATH.",
    );
  });

  test("an address of a remote file system leads to the same", async () => {
    const path = place();
    await storage(path).writePath("a", Buffer.from("1"));
    const settings = { username: USER, password: PASSWORD, odd: 1 };
    const basepath = `smb://127.0.0.1:${samba.port}/${path}`;
    const same = await openRemoteFileSystem({ basepath, settings });
    expect(Buffer.from(await same.readPath("a")).toString()).toBe("1");
    expect(same.location("a")).toBe(`${basepath}/a`);
    expect(same.notes).toEqual(["Settings of the block that are not used: 'odd'."]);
    const written = `smb://OFFICE;${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${samba.port}/${path}`;
    const other = await openRemoteFileSystem({ basepath: written });
    expect(Buffer.from(await other.readPath("a")).toString()).toBe("1");
    expect(other.location(null)).toBe(basepath);
  });

  test("blocks 9: a flow is deployed by a share and run by an agent with an empty home", async () => {
    await deployAndRun("smb", fields(`${place()}/base`), "flows/hello", {
      ...{ programs: ["smbclient"], secrets: [PASSWORD.trim()] },
    });
  });
});
