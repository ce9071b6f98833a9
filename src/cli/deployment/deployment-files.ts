// Deployment files on disk: read with a sentence for what is wrong, written whole or not at all.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { makePrivate, PRIVATE_FOLDER } from "#lib/private.ts";
import type { DeploymentSpec } from "#project/deployment.ts";
import { parseDeploymentFile, parseFields, renderDeploymentFile } from "#project/deployment-file.ts";
import { rebuiltDeploymentFile } from "#project/rebuilt-file.ts";
import schemaText from "../../../templates/deployment.schema.json" with { type: "text" };
import { checkSpec } from "./refusals.ts";

/** Throws `invalid` with a sentence that names the file. */
export function readDeploymentFile(folder: string, path: string): DeploymentSpec {
  const spec = parseDeploymentFile(readText(resolve(folder, path), path), path);
  checkSpec(spec, path);
  return spec;
}

/** The text a build will change, if the file is there. Throws `invalid` for a file that a build must not overwrite. */
export function readEarlierFile(target: string): string | undefined {
  if (!existsSync(target)) return undefined;
  const text = readText(target, target);
  try {
    if (text.trim() !== "") parseFields(text, target);
  } catch (error) {
    const sentence = `${messageOf(error)} Mend the file, or remove it to have it written anew.`;
    throw new OrchError("invalid", sentence, { cause: error });
  }
  return text.trim() === "" ? undefined : text;
}

/** A new file, or the earlier one with what changed. Editors find its schema in the home. */
export function writeDeploymentFile(
  target: string,
  spec: DeploymentSpec,
  earlier: string | undefined,
  home: string,
): void {
  const modeline = `# yaml-language-server: $schema=${pathToFileURL(writeSchema(home))}`;
  const text =
    earlier === undefined
      ? `${modeline}\n${renderDeploymentFile(spec)}`
      : rebuiltDeploymentFile(earlier, target, spec).replace(/^# yaml-language-server: \$schema=.*$/m, modeline);
  write(target, text);
}

function writeSchema(home: string): string {
  const path = join(home, "deployment.schema.json");
  mkdirSync(home, { recursive: true, mode: PRIVATE_FOLDER });
  const text = String(schemaText); // embedded as text, whatever the type of a JSON import says
  if (existsSync(path) && readFileSync(path, "utf8") === text) return path;
  write(path, text);
  makePrivate(path);
  return path;
}

function readText(file: string, shown: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (!existsSync(file)) throw new OrchError("invalid", `There is no file '${shown}'.`, { cause: error });
    if (statSync(file).isDirectory()) {
      throw new OrchError("invalid", `'${shown}' is a folder, not a deployment file.`, { cause: error });
    }
    throw new OrchError("invalid", `'${shown}' cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** Through a second file: a reader finds the old text or the new one. The file keeps its rights: it may hold secrets. */
function write(target: string, text: string): void {
  try {
    mkdirSync(dirname(target), { recursive: true });
    const found = statSync(target, { throwIfNoEntry: false });
    const place = found ? realpathSync(target) : target;
    const draft = `${place}.${newId()}`;
    const mode = found ? found.mode & 0o777 : 0o666;
    writeFileSync(draft, text, { mode });
    if (found) chmodSync(draft, mode); // the umask has taken some
    renameSync(draft, place);
  } catch (error) {
    throw new OrchError("invalid", `'${target}' cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
