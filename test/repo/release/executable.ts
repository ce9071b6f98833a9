// Compiles the executable for a platform, and looks whether the file is what it should be.
import { closeSync, copyFileSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import compile from "../compile.json";
import { signatureFault } from "./mach-o.ts";
import { fileOf, type Target } from "./targets.ts";

/** Writes it to `path`. Bun fetches its own program for other platforms from npm's registry, once. */
export async function compileFor(target: Target, path: string): Promise<void> {
  const folder = mkdtempSync("dist/release/compiling-");
  try {
    const words = [...compile.words, `--target=${target.bun}`, ...compile.entries, "--outfile", join(folder, "orch")];
    const child = Bun.spawn([process.execPath, ...words], { stdout: "pipe", stderr: "pipe" });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (code !== 0) throw new Error(`Compiling for ${target.name} failed:\n${out}${err}`);
    copyFileSync(join(folder, fileOf(target)), path);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const found = formatOf(headOf(path));
  if (found?.format !== target.format || found.machine !== target.machine) {
    throw new Error(`'${path}' should be ${target.format} for ${target.name}, and is ${JSON.stringify(found)}.`);
  }
  const fault = target.format === "Mach-O" ? signatureFault(readFileSync(path)) : undefined;
  if (fault !== undefined) throw new Error(`'${path}' ${fault}: macOS would not run it.`);
}

/** What the first bytes of a program say; undefined for anything else. */
export function formatOf(head: Buffer): { format: Target["format"]; machine: number } | undefined {
  if (head.readUInt32BE(0) === 0x7f454c46) return { format: "ELF", machine: head.readUInt16LE(18) };
  if (head.readUInt32LE(0) === 0xfeedfacf) return { format: "Mach-O", machine: head.readUInt32LE(4) };
  if (head.toString("latin1", 0, 2) !== "MZ") return undefined;
  const at = head.readUInt32LE(0x3c);
  if (head.toString("latin1", at, at + 4) !== "PE\0\0") return undefined;
  return { format: "PE", machine: head.readUInt16LE(at + 4) };
}

function headOf(path: string): Buffer {
  const head = Buffer.alloc(4096);
  const file = openSync(path, "r");
  readSync(file, head);
  closeSync(file);
  return head;
}
