// The files of a release: what this machine cannot run is compiled and looked at, and the lists name what there is.
import { beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compileFor } from "../repo/release/executable.ts";
import { signatureFault } from "../repo/release/mach-o.ts";
import { targetsNamed } from "../repo/release/targets.ts";
import { madeRelease } from "./made.ts";

const BIGGEST_WHEEL = 100_000_000;
/** What the design promises. */
const [MOST_ON_DISK, MOST_PACKED] = [130_000_000, 50_000_000];

beforeAll(async () => {
  await madeRelease();
}, 600_000);

for (const target of targetsNamed(["darwin-arm64", "windows-x64"])) {
  test(`${target.name} is compiled: ${target.format}, of its processor`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "orch-foreign-"));
    try {
      await compileFor(target, join(folder, "orch")); // throws when the file is not what it should be
      expect(statSync(join(folder, "orch")).size).toBeGreaterThan(60_000_000);
      if (target.format !== "Mach-O") return;
      const program = readFileSync(join(folder, "orch"));
      expect(signatureFault(program)).toBeUndefined();
      program.writeUInt8(program.readUInt8(5_000_000) ^ 1, 5_000_000);
      expect(signatureFault(program)).toMatch(/^differs from what was signed, in page \d+ of \d+$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test("executables stay below 130 MB, and below 50 MB as the smaller archive", () => {
  const sizes = (pattern: string) =>
    [...new Bun.Glob(pattern).scanSync({ cwd: "dist/release" })].map(
      (name) => [name, statSync(join("dist/release", name)).size] as const,
    );
  const archives = sizes("orch-*.tar.xz");
  expect(archives.length).toBeGreaterThan(0);
  expect(archives.filter(([, size]) => size > MOST_PACKED)).toEqual([]);
  const names = archives.map(([name]) => name.replace(".tar.xz", ""));
  expect(sizes("orch-*").filter(([name, size]) => names.includes(name) && size > MOST_ON_DISK)).toEqual([]);
});

test("the smaller archive holds the executable of the release, which everybody may run", () => {
  const name = `orch-linux-${process.arch}`;
  const listed = Bun.spawnSync(["tar", "-tvJf", `dist/release/${name}.tar.xz`]).stdout.toString();
  expect(listed).toMatch(/^-rwxr-xr-x 0\/0 +\d+ 19(79-12-31|80-01-01) \d\d:\d\d orch\n$/);
  const content = Bun.spawnSync(["tar", "-xOJf", `dist/release/${name}.tar.xz`]).stdout;
  expect(content.equals(readFileSync(`dist/release/${name}`))).toBe(true);
});

test("checksums.txt has the digest of every file, and each file is there", () => {
  const lines = readFileSync("dist/release/checksums.txt", "utf8").trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) {
    const [digest = "", name = ""] = line.split("  ");
    const bytes = readFileSync(join("dist/release", name));
    expect({ name, digest: new Bun.CryptoHasher("sha256").update(bytes).digest("hex") }).toEqual({ name, digest });
    if (name.endsWith(".whl")) expect(bytes.length).toBeLessThan(BIGGEST_WHEEL);
    if (name.endsWith(".gz")) {
      const whole = readFileSync(join("dist/release", name.slice(0, -3)));
      expect(gunzipSync(bytes).equals(whole)).toBe(true);
    }
  }
});

test("the list of contents has what was bundled, the runtime and its parts, and no tool of the repository", () => {
  const bom = JSON.parse(readFileSync("dist/release/sbom.cdx.json", "utf8")) as {
    bomFormat: string;
    metadata: { component: { name: string } };
    components: { name: string; type: string; version: string; purl?: string }[];
  };
  expect(bom.bomFormat).toBe("CycloneDX");
  expect(bom.metadata.component.name).toBe("orch");
  const names = bom.components.map(({ purl, name }) => purl?.replace(/@[^@]*$/, "") ?? name);
  expect(names).toEqual(expect.arrayContaining(["pkg:npm/valibot", "pkg:npm/preact", "pkg:npm/typescript"]));
  expect(names).toEqual(expect.arrayContaining(["pkg:github/oven-sh/bun", "webkit", "sqlite", "boringssl"]));
  expect(names).not.toContain("pkg:npm/playwright-core");
  expect(names).not.toContain("pkg:npm/%40biomejs/biome");
  expect(new Set(names).size).toBe(names.length);
});

test("every file has the version of package.json, and the notes say what was only compiled", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(readFileSync("dist/release/install.sh", "utf8")).toContain(`\nversion='${version}'\n`);
  expect(readFileSync("dist/release/install.ps1", "utf8")).toContain(`[string]$Version = '${version}',`);
  expect(JSON.parse(readFileSync("dist/release/sbom.cdx.json", "utf8")).metadata.component.version).toBe(version);
  expect(
    await Bun.$`${process.arch === "x64" ? "dist/release/orch-linux-x64" : "dist/orch"} --version`.text(),
  ).toStartWith(`orch ${version} (`);
  const packages = [...new Bun.Glob("*/*.{tgz,whl}").scanSync({ cwd: "dist/release" })];
  expect(packages.length).toBeGreaterThan(2);
  expect(packages.filter((path) => !path.includes(`-${version}`))).toEqual([]);
  expect(readFileSync("dist/release/notes.md", "utf8")).toMatch(
    /\n\nExecutables that the tests of a release run: linux-x64, .*\. Compiled, and not run: .*\.\n$/,
  );
});

test("npm/publish.txt has every package of npm with its name and version, the main one last", () => {
  const lines = readFileSync("dist/release/npm/publish.txt", "utf8").trimEnd().split("\n");
  const files = lines.map((line) => line.split(" ")[0] ?? "");
  expect(files.toSorted()).toEqual([...new Bun.Glob("*.tgz").scanSync({ cwd: "dist/release/npm" })].toSorted());
  expect(lines.at(-1)).toMatch(/^orch-(\d[^ ]*)\.tgz orch@\1$/);
  expect(lines[0]).toMatch(/^orch-linux-(x64|arm64)-(\d[^ ]*)\.tgz orch-linux-\1@\2$/);
});
