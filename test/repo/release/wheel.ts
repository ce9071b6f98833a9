// Makes a wheel of PyPI: a zip with the executable as a script, and what says so.
import type { About } from "./about.ts";
import { type Packed, pack, type ZipEntry, zipOf } from "./packing.ts";
import { fileOf, type Target } from "./targets.ts";

export interface Wheel {
  name: string;
  bytes: Uint8Array;
}

export interface WheelInput {
  about: About;
  target: Target;
  executable: Packed;
  /** SHA-256 of the executable, in hexadecimal digits. */
  digest: string;
  license: string;
  readme: string;
}

/** Undefined for a target that PyPI has no name for. */
export function wheelOf({ about, target, executable, digest, license, readme }: WheelInput): Wheel | undefined {
  if (target.wheel === undefined) return undefined;
  const version = pythonVersion(about.version);
  const base = `${about.pypi.replaceAll("-", "_")}-${version}`;
  const tags = target.wheel.split(".").map((platform) => `Tag: py3-none-${platform}`);
  const scripts = `${base}.data/scripts/${fileOf(target)}`;
  const texts: Record<string, string> = {
    [`${base}.data/data/share/orch/checksums.txt`]: `${digest}  orch-${target.name}\n`,
    [`${base}.dist-info/METADATA`]: metadata(about, version, readme),
    [`${base}.dist-info/WHEEL`]: `${["Wheel-Version: 1.0", "Generator: orch", "Root-Is-Purelib: false", ...tags].join("\n")}\n`,
    [`${base}.dist-info/licenses/LICENSE`]: license,
  };
  const record = [
    `${scripts},sha256=${urlSafe(Buffer.from(digest, "hex"))},${executable.size}`,
    ...Object.entries(texts).map(
      ([name, text]) => `${name},sha256=${urlSafe(sha256(text))},${Buffer.byteLength(text)}`,
    ),
    `${base}.dist-info/RECORD,,`,
  ];
  texts[`${base}.dist-info/RECORD`] = `${record.join("\n")}\n`;
  const entries: ZipEntry[] = [
    { name: scripts, isExecutable: true, ...executable },
    ...Object.entries(texts).map(([name, text]) => ({ name, isExecutable: false, ...pack(Buffer.from(text)) })),
  ];
  return { name: `${base}-py3-none-${target.wheel}.whl`, bytes: zipOf(entries) };
}

function metadata(
  { description, license, pypi, repository, hasNames }: About,
  version: string,
  readme: string,
): string {
  const fields = [
    ...["Metadata-Version: 2.4", `Name: ${pypi}`, `Version: ${version}`, `Summary: ${description}`],
    ...[`License-Expression: ${license}`, "License-File: LICENSE", "Requires-Python: >=3.8"],
    ...(repository === undefined ? [] : [`Project-URL: Repository, ${repository}`]),
    ...(hasNames ? [] : ["Classifier: Private :: Do Not Upload"]), // PyPI refuses it
    "Description-Content-Type: text/markdown",
  ];
  return `${fields.join("\n")}\n\n${readme}`;
}

/** `1.2.0-rc.3` is `1.2.0rc3`. */
export function pythonVersion(version: string): string {
  return version.replace(/-(alpha|beta|rc)\.?(\d+)$/, (_all, word: string, number: string) => {
    return `${word === "rc" ? word : word[0]}${number}`;
  });
}

function sha256(text: string): Buffer {
  return Buffer.from(new Bun.CryptoHasher("sha256").update(text).digest());
}

function urlSafe(bytes: Buffer): string {
  return bytes.toString("base64url");
}
