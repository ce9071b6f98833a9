// What stops a release, one sentence each, and what the check does in a clone.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readAbout } from "./release/about.ts";
import { entryOf, type Facts, hindrances } from "./release/check.ts";
import { formatOf } from "./release/executable.ts";
import { pythonVersion } from "./release/wheel.ts";

const about = {
  ...{ name: "orch", version: "1.2.0", description: "", license: "Apache-2.0", npm: "@owner/orch", pypi: "owner-orch" },
  hasNames: true,
  repository: "https://example.com/owner/orch",
};
const clone = mkdtempSync(join(tmpdir(), "orch-release-"));
afterAll(() => rmSync(clone, { recursive: true, force: true }));

const CHANGELOG = "# Changelog\n\n## 1.2.0 — 2026-12-01\n\n- Faster.\n\n## 1.1.0 — 2026-11-01\n\n- First.\n";
const ready: Facts = { about, tags: ["v1.1.0"], changed: [], changelog: CHANGELOG };

test("nothing stops a release that is ready", () => {
  expect(hindrances(ready)).toEqual([]);
  expect(hindrances({ ...ready, tags: ["v1.2.0"], startedBy: "v1.2.0" })).toEqual([]);
});

const cases: [string, Partial<Facts>, RegExp][] = [
  ["the tag exists", { tags: ["v1.2.0"] }, /^The tag 'v1\.2\.0' exists: raise the version/],
  ["another tag started it", { startedBy: "v1.3.0" }, /^The tag 'v1\.3\.0' is not that of package\.json, 'v1\.2\.0'/],
  ["the tree is dirty", { changed: ["src/main.ts"] }, /^Not committed: src\/main\.ts\./],
  [
    "the changelog has no entry",
    { changelog: "# Changelog\n\n## 1.1.0 — 2026-11-01\n\n- First.\n" },
    /has no entry '## 1\.2\.0/,
  ],
  ["the entry is empty", { changelog: "## 1.2.0 — 2026-12-01\n\n## 1.1.0 — 2026-11-01\n\n- First.\n" }, /has no entry/],
  ["the entry has no day", { changelog: "## 1.2.0 — unreleased\n\n- Faster.\n" }, /dates 1\.2\.0 'unreleased'/],
  ["there is no address", { about: { ...about, repository: undefined } }, /^package\.json names no repository/],
  [
    "no names are chosen",
    { about: { ...about, hasNames: false } },
    /^package\.json does not say under which names npm and PyPI have orch: 'orch' is another project there\. Add "publishAs"/,
  ],
];
for (const [name, facts, sentence] of cases) {
  test(`a release stops when ${name}`, () => {
    expect(hindrances({ ...ready, ...facts })).toEqual([expect.stringMatching(sentence)]);
  });
}

test("the notes of a release are its part of the changelog", () => {
  expect(entryOf(CHANGELOG, "1.2.0")).toEqual({ date: "2026-12-01", text: "- Faster." });
  expect(entryOf(CHANGELOG, "1.2")).toBeUndefined();
});

test("names and address are those of package.json; without them there are placeholders", () => {
  const path = join(clone, "about.json");
  const read = (more: object) => {
    writeFileSync(path, JSON.stringify({ name: "orch", version: "1.2.0", ...more }));
    const found = readAbout(path);
    rmSync(path);
    return found;
  };
  expect(read({})).toMatchObject({ npm: "orch", pypi: "orch", hasNames: false, repository: undefined });
  expect(read({ publishAs: { npm: "@owner/orch" } })).toMatchObject({ npm: "@owner/orch", hasNames: false });
  const named = { publishAs: { npm: "@owner/orch", pypi: "owner-orch" }, repository: { url: "git+https://a/b.git" } };
  expect(read(named)).toMatchObject({
    npm: "@owner/orch",
    pypi: "owner-orch",
    hasNames: true,
    repository: "https://a/b",
  });
});

test("PyPI writes versions in its way", () => {
  expect(["1.2.0", "1.2.0-rc.3", "1.2.0-beta.1", "1.2.0-alpha1"].map(pythonVersion)).toEqual([
    ...["1.2.0", "1.2.0rc3", "1.2.0b1", "1.2.0a1"],
  ]);
});

test("what is no program, or of another platform, is not taken for one", () => {
  const head = Buffer.alloc(4096);
  expect(formatOf(head)).toBeUndefined();
  head.write("MZ");
  head.writeUInt32LE(0x80, 0x3c);
  expect(formatOf(head)).toBeUndefined();
  head.write("PE\0\0", 0x80);
  head.writeUInt16LE(0x8664, 0x84);
  expect(formatOf(head)).toEqual({ format: "PE", machine: 0x8664 });
});

test("--check in a clone prints every reason and ends with 1, and with 0 when there is none", async () => {
  const git = (...words: string[]) =>
    Bun.spawnSync(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", ...words], { cwd: clone });
  const check = () => Bun.spawnSync([process.execPath, resolve("test/repo/release.ts"), "--check"], { cwd: clone });
  const {
    repository: _,
    publishAs: __,
    ...own
  } = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, string>;
  writeFileSync(join(clone, "package.json"), JSON.stringify({ ...own, version: "1.2.0" }));
  writeFileSync(join(clone, "CHANGELOG.md"), CHANGELOG);
  git("init", "--quiet");
  git("commit", "--allow-empty", "--quiet", "-m", "first");
  git("tag", "v1.2.0");
  const stopped = check();
  expect(stopped.exitCode).toBe(1);
  expect(stopped.stderr.toString().split("\n")).toEqual([
    expect.stringContaining("The tag 'v1.2.0' exists"),
    expect.stringContaining("Not committed: CHANGELOG.md, package.json"),
    expect.stringContaining("names no repository"),
    expect.stringContaining('Add "publishAs": {'),
    "",
  ]);
  writeFileSync(
    join(clone, "package.json"),
    JSON.stringify({
      ...{ ...own, version: "1.2.0", repository: about.repository },
      publishAs: { npm: about.npm, pypi: about.pypi },
    }),
  );
  git("tag", "--delete", "v1.2.0");
  git("add", ".");
  git("commit", "--quiet", "-m", "second");
  expect(check()).toMatchObject({ exitCode: 0 });
});
