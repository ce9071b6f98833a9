import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "#db/connect.ts";
import { createVault } from "#server/kernel/vault.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function setup(inMemory = false): { home: string; keyFile: string; db: Database } {
  const home = mkdtempSync(join(tmpdir(), "orch-vault-"));
  const db = openDatabase(inMemory ? ":memory:" : join(home, "orch.db"));
  open.push(
    () => db.close(),
    () => rmSync(home, { recursive: true }),
  );
  return { home, keyFile: join(home, "encryption.key"), db };
}

const DATA = { password: "s3cret", nested: { list: [1, null, "ü"] } };

describe("a vault", () => {
  test("gives back what it sealed, and the text shows nothing of it", async () => {
    const { home, db } = setup();
    const vault = createVault(home);
    const sealed = await db.read((q) => vault.seal(q, DATA));
    expect(sealed).not.toContain("s3cret");
    expect(Buffer.from(sealed, "base64").toString("latin1")).not.toContain("s3cret");
    expect(await db.read((q) => vault.open(q, sealed))).toEqual(DATA);
  });

  test("seals the same data differently each time", async () => {
    const { home, db } = setup();
    const vault = createVault(home);
    const [one, two] = await db.read((q) => [vault.seal(q, DATA), vault.seal(q, DATA)]);
    expect(one).not.toBe(two);
  });

  test("makes the key on first need only, readable by its owner alone, and leaves nothing else behind", async () => {
    const { home, keyFile, db } = setup();
    const vault = createVault(home);
    expect(existsSync(keyFile)).toBe(false);
    await db.read((q) => vault.seal(q, DATA));
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(home).filter((name) => name.startsWith("encryption"))).toEqual(["encryption.key"]);
  });

  test("a later vault of the same home opens what an earlier one sealed", async () => {
    const { home, db } = setup();
    const sealed = await db.read((q) => createVault(home).seal(q, DATA));
    expect(await db.read((q) => createVault(home).open(q, sealed))).toEqual(DATA);
  });

  test("two vaults that need the key at once share one", async () => {
    const { home, keyFile, db } = setup();
    const [first, second] = [createVault(home), createVault(home)];
    const sealed = await db.read((q) => first.seal(q, DATA));
    expect(await db.read((q) => second.open(q, sealed))).toEqual(DATA);
    expect(Buffer.from(readFileSync(keyFile, "utf8"), "base64")).toHaveLength(32);
  });

  test("in memory, keeps its key to itself", async () => {
    const { home, keyFile, db } = setup(true);
    const vault = createVault(home);
    const sealed = await db.read((q) => vault.seal(q, DATA));
    expect(await db.read((q) => vault.open(q, sealed))).toEqual(DATA);
    expect(existsSync(keyFile)).toBe(false);
  });
});

describe("what cannot be opened", () => {
  const damages: [what: string, damage: (sealed: string) => string][] = [
    ["one changed byte", (sealed) => `${sealed.slice(0, 40)}${sealed[40] === "A" ? "B" : "A"}${sealed.slice(41)}`],
    ["a cut-off end", (sealed) => sealed.slice(0, 44)],
    ["hardly anything", () => "AAAA"],
    ["nothing", () => ""],
  ];
  for (const [what, damage] of damages) {
    test(what, async () => {
      const { home, db } = setup();
      const vault = createVault(home);
      const sealed = await db.read((q) => vault.seal(q, DATA));
      await expect(db.read((q) => vault.open(q, damage(sealed)))).rejects.toThrow("A block cannot be read");
    });
  }

  test("data of another key: the sentence names the key's file", async () => {
    const [one, two] = [setup(), setup()];
    const sealed = await one.db.read((q) => createVault(one.home).seal(q, DATA));
    await expect(two.db.read((q) => createVault(two.home).open(q, sealed))).rejects.toThrow(two.keyFile);
  });

  test("a damaged key is said, and not replaced", async () => {
    const { home, keyFile, db } = setup();
    writeFileSync(keyFile, "short");
    await expect(db.read((q) => createVault(home).seal(q, DATA))).rejects.toThrow("is damaged");
    expect(readFileSync(keyFile, "utf8")).toBe("short");
  });
});
