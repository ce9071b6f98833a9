// Makes the release that the tests install from, unless it is there.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { TARGETS } from "../repo/release/targets.ts";

/** The targets of this machine; with RELEASE_ALL=1 all that there are. */
function wanted(): string[] {
  if (process.env["RELEASE_ALL"]) return TARGETS.map(({ name }) => name);
  return process.arch === "arm64" ? ["linux-arm64"] : ["linux-x64", "linux-x64-musl"];
}

/** A build removes the one before. */
export async function madeRelease(): Promise<void> {
  const checksums = "dist/release/checksums.txt";
  mkdirSync("dist/release", { recursive: true });
  const names = wanted();
  const text = existsSync(checksums) ? readFileSync(checksums, "utf8") : "";
  if (names.every((name) => new RegExp(`  orch-${name}(\\.exe)?$`, "m").test(text))) return;
  const words = ["test/repo/release.ts", ...names.flatMap((name) => ["--target", name])];
  const child = Bun.spawn([process.execPath, ...words], { stdout: "pipe", stderr: "pipe" });
  const [err, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`The release could not be made:\n${err}`);
}
