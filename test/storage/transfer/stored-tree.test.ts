// A folder in a store of files: what is sent, what a run sees while another upload goes on or after one was cut off.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { type FileStore, TryAgain } from "#storage/file-store.ts";
import { type Memory, memoryStore } from "#storage/memory.ts";
import { openStorage } from "#storage/registry.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";
import { storageContract } from "../../contracts/storage.ts";

describe("a folder in a store keeps the contract of storages", () =>
  storageContract(async () => ({ storage: storedTree(memoryStore("base/folder", new Map())) })));

let root: string;
let memory: Memory;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "orch-stored-"));
  memory = new Map();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const local = (files: Record<string, string>, name = "local") => {
  const folder = join(root, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
};
const put = (folder: string, store: FileStore = memoryStore("b", memory)) =>
  storedTree(store).putDirectory(folder, null);
const get = async (store: FileStore = memoryStore("b", memory)) => {
  const target = mkdtempSync(join(root, "got-"));
  await storedTree(store).getDirectory(null, target);
  return (path: string) => readFileSync(join(target, path), "utf8");
};
const plain = () => Object.fromEntries([...memory].filter(([path]) => !path.includes(".orch")).map(text));
const text = ([path, bytes]: [string, Uint8Array]) => [path, new TextDecoder().decode(bytes)] as const;

/** False for so many calls, then true. */
function counter(times: number): () => boolean {
  let calls = 0;
  return () => {
    calls += 1;
    return calls > times;
  };
}

/** A store that calls `hook` before each call. */
function hooked(hook: (call: "read" | "write" | "remove", path: string) => void | Promise<void>): FileStore {
  const store = memoryStore("b", memory);
  return {
    ...store,
    async read(path) {
      await hook("read", path);
      return store.read(path);
    },
    async write(path, content) {
      await hook("write", path);
      await store.write(path, content);
    },
    async remove(path) {
      await hook("remove", path);
      await store.remove(path);
    },
  };
}

test("files lie under their own names, and a second upload leaves nothing beside them", async () => {
  const folder = local({ "a.ts": "1", "deep/b.ts": "2", "c.ts": "3" });
  await put(folder);
  local({ "a.ts": "changed" });
  rmSync(join(folder, "c.ts"));
  await put(folder);
  expect(plain()).toEqual({ "b/a.ts": "changed", "b/deep/b.ts": "2" });
  expect([...memory.keys()].filter((path) => path.includes(".orch"))).toEqual(["b/.orch/manifest.json"]);
});

test("blocks 12: what has not changed is not sent again", async () => {
  const folder = local({ "a.ts": "1", "b.ts": "2" });
  await put(folder);
  local({ "b.ts": "3" });
  const sent: string[] = [];
  await put(
    folder,
    hooked((call, path) => {
      if (call === "write") sent.push(path);
    }),
  );
  expect(sent.filter((path) => path.includes("a.ts"))).toEqual([]);
  expect(sent).toContain("b.ts");
});

test("blocks 12: an upload that is cut off anywhere is not seen", async () => {
  const old = { "a.ts": "old a", "b.ts": "old b", "gone.ts": "old" };
  const folder = local(old);
  for (let cut = 1; ; cut += 1) {
    memory = new Map();
    rmSync(folder, { recursive: true });
    await put(local(old));
    rmSync(join(folder, "gone.ts"));
    local({ "a.ts": "new a", "b.ts": "new b", "c.ts": "new c" });
    const isOver = counter(cut - 1);
    const whole = await put(
      folder,
      hooked((call) => {
        if (call !== "read" && isOver()) throw new Error("cut off");
      }),
    ).then(
      () => true,
      () => false,
    );
    const read = await get();
    const seen = [read("a.ts"), read("b.ts")];
    if (seen[0] === "old a") expect([seen, read("gone.ts")]).toEqual([["old a", "old b"], "old"]);
    else expect([seen, read("c.ts")]).toEqual([["new a", "new b"], "new c"]);
    if (!whole) continue;
    expect(cut).toBeGreaterThan(8);
    expect(seen).toEqual(["new a", "new b"]);
    break;
  }
});

test("a first upload that is cut off is no folder yet; the next one ends it", async () => {
  const folder = local({ "a.ts": "1", "b.ts": "2" });
  const isOver = counter(2);
  const cut = put(
    folder,
    hooked((call) => {
      if (call === "write" && isOver()) throw new Error("cut off");
    }),
  );
  await expect(cut).rejects.toThrow("cut off");
  await expect(get()).rejects.toThrow("has not ended");
  await put(folder);
  expect((await get())("b.ts")).toBe("2");
});

test("blocks 12: a run that fetches while uploads go on gets one of them, whole", async () => {
  const folder = local({ "a.ts": "0", "b.ts": "0" });
  await put(folder);
  for (let after = 1; after <= 4; after += 1) {
    const isOver = counter(after - 1);
    let isChanged = false;
    const read = await get(
      hooked(async (call) => {
        if (call !== "read" || !isOver() || isChanged) return;
        isChanged = true;
        local({ "a.ts": `${after}`, "b.ts": `${after}` });
        await put(folder);
      }),
    );
    expect(read("a.ts")).toBe(read("b.ts"));
  }
});

test("blocks 14: what Prefect has stored is fetched, also over what orch had stored", async () => {
  memory.set("b/flow.py", Buffer.from("theirs"));
  expect((await get())("flow.py")).toBe("theirs");
  await put(local({ "flow.py": "ours", "x.py": "1" }));
  expect((await get())("flow.py")).toBe("ours");
  memory.set("b/flow.py", Buffer.from("theirs again"));
  expect((await get())("flow.py")).toBe("theirs again");
});

test("bytes that change on the way are not taken: the file is read again", async () => {
  await put(local({ "a.ts": "12" }));
  const damages = (how: () => string): FileStore => {
    const store = memoryStore("b", memory);
    return { ...store, read: async (path) => (path === "a.ts" ? new Blob([how()]) : store.read(path)) };
  };
  const answers = ["13", "12"];
  expect((await get(damages(() => answers.shift() ?? "")))("a.ts")).toBe("12");
  let damaged = 20;
  const each = damages(() => {
    damaged += 1;
    return `${damaged}`;
  });
  await expect(get(each)).rejects.toThrow("'memory://b/a.ts' is not what was uploaded.");
});

test("what a killed download left is removed by the next one, and what another is writing stays", async () => {
  await put(local({ "deep/a.ts": "1" }));
  const [left, written] = [1, 2].map((n) => `.orch-01900000-0000-7000-8000-00000000000${n}.part`) as [string, string];
  const target = local({ [`deep/${left}`]: "", [`deep/${written}`]: "", "deep/.orch-mine.part": "" }, "target");
  const hours = Date.now() / 1000 - 2 * 3600;
  for (const name of [left, ".orch-mine.part"]) utimesSync(join(target, "deep", name), hours, hours);
  await storedTree(memoryStore("b", memory)).getDirectory("", target);
  expect(readdirSync(join(target, "deep")).toSorted()).toEqual([written, ".orch-mine.part", "a.ts"]);
});

test("a store that is busy is asked again, and named when it stays so", async () => {
  const folder = local({ "a.ts": "1" });
  const busy = (times: number) => {
    const isOver = counter(times);
    return hooked((call, path) => {
      if (call === "write" && path === "a.ts" && !isOver())
        throw new TryAgain("The store is busy.", { afterSeconds: 0 });
    });
  };
  await put(folder, busy(4));
  expect((await get())("a.ts")).toBe("1");
  memory.clear();
  await expect(put(folder, busy(99))).rejects.toThrow("The store is busy.");
});

test("blocks 6: executable files stay so, links inside stay links, those to elsewhere are left out", async () => {
  const folder = local({ "run.sh": "#!/bin/sh", "a/real.ts": "1" });
  chmodSync(join(folder, "run.sh"), 0o755);
  await put(folder);
  const target = mkdtempSync(join(root, "got-"));
  await storedTree(memoryStore("b", memory)).getDirectory(null, target);
  expect(statSync(join(target, "run.sh")).mode & 0o111).not.toBe(0);
  symlinkSync("/etc", join(folder, "node_modules"));
  await put(folder);
  expect(JSON.stringify([...memory.keys()])).not.toContain("node_modules");
});

test("blocks 5: names with spaces, unicode, signs, and empty files survive", async () => {
  const files = { "a b.ts": "1", "späße/ü.txt": "2", "p%20+q#r?.ts": "3", empty: "" };
  await put(local(files));
  const read = await get();
  for (const [path, content] of Object.entries(files)) expect(read(path)).toBe(content);
});

test("a file that changes while it is uploaded is named", async () => {
  const folder = local({ "a.ts": "1" });
  const changing = put(
    folder,
    hooked((call, path) => {
      if (call === "write" && path === "a.ts") writeFileSync(join(folder, "a.ts"), "much longer now");
    }),
  );
  await expect(changing).rejects.toThrow("'a.ts' was changed while it was uploaded");
});

test("a file that became shorter while it was sent is named, whatever the store says", async () => {
  const folder = local({ "a.ts": "1" });
  const cut = put(
    folder,
    hooked((call, path) => {
      if (call !== "write" || path !== "a.ts") return;
      writeFileSync(join(folder, "a.ts"), "");
      throw new OrchError("invalid", "The content is shorter than announced.");
    }),
  );
  await expect(cut).rejects.toThrow("'a.ts' was changed while it was uploaded");
});

test("blocks 2: who may not remove can upload all the same; what stays is not seen", async () => {
  const folder = local({ "a.ts": "1", "b.ts": "2" });
  const keeping = hooked((call) => {
    if (call === "remove") throw new OrchError("forbidden", "The credentials do not allow to remove.");
  });
  await put(folder, keeping);
  rmSync(join(folder, "b.ts"));
  local({ "a.ts": "changed" });
  await put(folder, keeping);
  expect(plain()).toEqual({ "b/a.ts": "changed", "b/b.ts": "2" });
  const read = await get();
  expect(read("a.ts")).toBe("changed");
  expect(() => read("b.ts")).toThrow("ENOENT");
});

test("pieces of a large file count once, also where it is sent again", async () => {
  const folder = local({ "large.bin": "x".repeat(100), "small.bin": "y" });
  let isCut = false;
  const store: FileStore = {
    ...memoryStore("b", memory),
    async write(path, content, signal, onSent) {
      if (path === "large.bin") {
        onSent?.(60);
        if (!isCut) {
          isCut = true;
          throw new TryAgain("cut off", { afterSeconds: 0 });
        }
        onSent?.(40);
      }
      await memoryStore("b", memory).write(path, content, signal);
    },
  };
  const seen: number[] = [];
  await storedTree(store).putDirectory(folder, null, { onProgress: ({ bytes }) => seen.push(bytes) });
  expect(Math.max(...seen)).toBe(101);
  expect(seen.at(-1)).toBe(101);
});

test("a signal ends the wait for a store that is busy", async () => {
  const stop = new AbortController();
  const store = hooked((call, path) => {
    if (call !== "write" || path !== "a.ts") return;
    stop.abort(new Error("stopped by hand"));
    throw new TryAgain("The store is busy.", { afterSeconds: 3600 });
  });
  const stopped = storedTree(store).putDirectory(local({ "a.ts": "1" }), null, { signal: stop.signal });
  await expect(stopped).rejects.toThrow("stopped by hand");
});

test("an address in memory is a place for files; others say what is known", async () => {
  const open = (basepath: string) => openStorage("remote-file-system", { basepath });
  const storage = await open("memory://orch-test/a/");
  expect(await storage.writePath("deep/x", Buffer.from("1"))).toBe("memory://orch-test/a/deep/x");
  expect(Buffer.from(await (await open("memory://orch-test/")).readPath("a/deep/x")).toString()).toBe("1");
  for (const basepath of ["nope://a/b", "/a/b", "", "file:///a"]) {
    await expect(open(basepath)).rejects.toThrow(
      `The basepath '${basepath}' of the remote file system must begin with`,
    );
  }
});
