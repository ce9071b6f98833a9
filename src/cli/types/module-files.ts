// Writes the module "orch" as files: for programs that the executable runs as Bun, and for `bun FILE`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "#lib/files/fsync.ts";
import awsCredentials from "../../../dist/assets/aws-credentials.asset" with { type: "file" };
import azureIdentity from "../../../dist/assets/azure-identity.asset" with { type: "file" };
import checker from "../../../dist/assets/checker.asset" with { type: "file" };
import child from "../../../dist/assets/child.asset" with { type: "file" };
import googleAuth from "../../../dist/assets/google-auth.asset" with { type: "file" };
import bundle from "../../../dist/assets/module.asset" with { type: "file" };
import parser from "../../../dist/assets/parser.asset" with { type: "file" };
import { version } from "../../../package.json";

/** `orch` names the executable, which the module starts where no server runs. */
const ABOUT = { name: "orch", version, type: "module", main: "index.js", orch: { executable: process.execPath } };

/** Another one for each build: of this executable's module, and of where the executable is. */
export function moduleVersion(): string {
  const hash = new Bun.CryptoHasher("sha256").update(process.execPath);
  for (const file of [bundle, child]) hash.update(readFileSync(file));
  return `${version}-${hash.digest("hex").slice(0, 16)}`;
}

/** `about`: more fields of its package.json. */
export function writeModule(folder: string, about: Record<string, unknown> = {}): void {
  writeWhole(join(folder, "index.js"), readFileSync(bundle));
  writeWhole(join(folder, "parser.asset"), readFileSync(parser));
  writeWhole(join(folder, "checker.asset"), readFileSync(checker));
  writeWhole(join(folder, "aws-credentials.asset"), readFileSync(awsCredentials));
  writeWhole(join(folder, "google-auth.asset"), readFileSync(googleAuth));
  writeWhole(join(folder, "azure-identity.asset"), readFileSync(azureIdentity));
  writeWhole(join(folder, "package.json"), `${JSON.stringify({ ...ABOUT, ...about }, null, 2)}\n`);
}

/** With `child.js`, which scripts load first (src/cli/user-code/child.ts). */
export function writeScriptModule(folder: string): void {
  writeModule(folder);
  writeWhole(join(folder, "child.js"), readFileSync(child));
}
