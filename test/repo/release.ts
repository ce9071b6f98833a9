// `npm run release`: makes all that a release gives to people, in `dist/release`. `-- --check` says what stops one, and makes nothing.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import type { CarriedPackage } from "#cli/version/licenses.ts";
import { type About, readAbout } from "./release/about.ts";
import { entryOf, gather, hindrances } from "./release/check.ts";
import { compileFor } from "./release/executable.ts";
import { mainPackage, type NpmPackage, platformPackage } from "./release/npm.ts";
import { gzipOf, pack, zipOf } from "./release/packing.ts";
import { bomOf } from "./release/sbom.ts";
import { tarOf, xzOf } from "./release/tar.ts";
import { fileOf, type Target, targetsNamed } from "./release/targets.ts";
import { wheelOf } from "./release/wheel.ts";

const TO = "dist/release";

const { values } = parseArgs({
  options: { check: { type: "boolean" }, target: { type: "string", multiple: true, default: [] } },
});

try {
  if (values.check) check();
  else await make(targetsNamed(values.target));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** GitHub names the tag that started a workflow. */
function check(): void {
  const { GITHUB_REF_TYPE: kind, GITHUB_REF_NAME: name } = process.env;
  const found = hindrances(gather(readAbout(), kind === "tag" ? name : undefined));
  for (const sentence of found) console.error(sentence);
  if (found.length > 0) process.exit(1);
  console.log(`A release of ${readAbout().version} can be made.`);
}

async function make(targets: readonly Target[]): Promise<void> {
  const about = readAbout();
  rmSync(TO, { recursive: true, force: true });
  for (const folder of ["npm", "pypi"]) mkdirSync(join(TO, folder), { recursive: true });
  const files: string[] = [];
  const packages: NpmPackage[] = [];
  for (const target of targets) {
    const made = await filesFor(target, about);
    files.push(...made.files);
    if (made.npm) packages.push(made.npm);
  }
  packages.push(await mainPackage(about, `${TO}/npm`)); // the last to be published, as it names the others
  files.push(...packages.map(({ path }) => path));
  const order = packages.map(({ path, id }) => `${basename(path)} ${id}\n`);
  writeFileSync(`${TO}/npm/publish.txt`, order.join(""));
  for (const name of ["install.sh", "install.ps1"]) files.push(installer(name, about));
  files.push(written("sbom.cdx.json", `${JSON.stringify(await bomOf(carriedPackages()), null, 2)}\n`));
  files.push(
    written(
      "licenses.txt",
      carriedPackages()
        .map(termsOf)
        .join(`\n${"-".repeat(80)}\n\n`),
    ),
  );
  const entry = entryOf(readFileSync("CHANGELOG.md", "utf8"), about.version);
  if (entry) writeFileSync(`${TO}/notes.md`, `${entry.text}\n\n${triedOf(targets)}\n`);
  const lines = await Promise.all(files.map(async (path) => `${await digestOf(path)}  ${relative(TO, path)}\n`));
  writeFileSync(`${TO}/checksums.txt`, lines.join(""));
  console.log(`${files.length} files in ${TO}, listed with their SHA-256 in ${TO}/checksums.txt.`);
}

async function filesFor(target: Target, about: About): Promise<{ files: string[]; npm: NpmPackage | undefined }> {
  const isWindows = target.format === "PE";
  const path = `${TO}/orch-${target.name}${isWindows ? ".exe" : ""}`;
  await compileFor(target, path);
  chmodSync(path, 0o755);
  const digest = await digestOf(path);
  const bytes = readFileSync(path);
  const smaller = isWindows ? undefined : xzOf(tarOf(fileOf(target), bytes));
  // While xz works, which takes longest.
  const executable = pack(bytes);
  const npm = await platformPackage(about, target, { executable: path, digest, to: `${TO}/npm` });
  const archives: Record<string, Uint8Array> = smaller
    ? { gz: gzipOf(executable), "tar.xz": await smaller }
    : { zip: zipOf([{ name: fileOf(target), isExecutable: true, ...executable }]) };
  const packed = Object.entries(archives).map(([ending, content]) => written(`orch-${target.name}.${ending}`, content));
  const files = [path, ...packed];
  const [license, readme] = [readFileSync("LICENSE", "utf8"), readFileSync("README.md", "utf8")];
  const wheel = wheelOf({ about, target, executable, digest, license, readme });
  if (wheel) files.push(written(`pypi/${wheel.name}`, wheel.bytes));
  const megabytes = (size: number) => `${(size / 1e6).toFixed(1)} MB`;
  const sizes = Object.entries(archives).map(([ending, { length }]) => `${megabytes(length)} as .${ending}`);
  console.log(`${target.name}: ${megabytes(executable.size)}, ${sizes.join(", ")}.`);
  return { files, npm };
}

/** Which executables the tests of a release run, and which were only compiled. */
function triedOf(targets: readonly Target[]): string {
  const names = (isTried: boolean) => targets.filter((each) => each.isTried === isTried).map(({ name }) => name);
  const [tried, compiled] = [names(true).join(", ") || "none", names(false).join(", ") || "none"];
  return `Executables that the tests of a release run: ${tried}. Compiled, and not run: ${compiled}.`;
}

/** With the address that it downloads from, and its version. */
function installer(name: string, { repository, version }: About): string {
  const text = readFileSync(`templates/${name}`, "utf8");
  const address = repository === undefined ? "" : `${repository}/releases`;
  return written(name, text.replace("@RELEASES@", address).replace("@VERSION@", version));
}

function written(name: string, content: string | Uint8Array): string {
  writeFileSync(join(TO, name), content);
  if (name.endsWith(".sh")) chmodSync(join(TO, name), 0o755);
  return join(TO, name);
}

/** As `orch licenses --json` prints it. */
function carriedPackages(): CarriedPackage[] {
  return JSON.parse(gunzipSync(readFileSync("dist/assets/licenses.asset")).toString()) as CarriedPackage[]; // made by the build
}

function termsOf({ name, version, license, text }: CarriedPackage): string {
  return `${name} ${version}: ${license}\n\n${text.trim()}\n`;
}

async function digestOf(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hasher.update(chunk);
  return hasher.digest("hex");
}
