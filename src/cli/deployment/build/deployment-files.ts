// Deployment files on disk: read with a sentence for what is wrong, written whole or not at all.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { renderDeploymentFile } from "#domain/deployment-file.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/files/private.ts";
import { requireReadableFile } from "#lib/files/readable-file.ts";
import { parseDeploymentFile, parseFields } from "#project/deployments/deployment-file.ts";
import { checkedFileSpec } from "#project/deployments/deployment-refusals.ts";
import { rebuiltDeploymentFile } from "#project/deployments/rebuilt-file.ts";
import { decodedYaml } from "#project/deployments/yaml-reader.ts";
import schemaText from "../../../../templates/deployment.schema.json" with { type: "text" };

/** Throws `invalid` with a sentence that names the file. */
export function readDeploymentFile(folder: string, path: string): DeploymentSpec {
  const spec = parseDeploymentFile(readText(resolve(folder, path), path), path);
  return checkedFileSpec(spec, path);
}

/** The text a build will change, if the file is there. Throws `invalid` for a file that a build must not overwrite. */
export function readEarlierFile(target: string): string | undefined {
  if (!existsSync(target)) return undefined;
  const text = readText(target, target);
  try {
    if (text.trim() !== "") parseFields(text, target);
  } catch (error) {
    const sentence = `${messageOf(error)} Fix the file, or remove it to have it written again.`;
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
  writeWhole(target, text);
}

function writeSchema(home: string): string {
  const path = join(home, "deployment.schema.json");
  const text = String(schemaText); // embedded as text, whatever the type of a JSON import says
  if (existsSync(path) && readFileSync(path, "utf8") === text) return path;
  writeWhole(path, text, { mode: PRIVATE_FILE, folderMode: PRIVATE_FOLDER });
  return path;
}

function readText(file: string, shown: string): string {
  requireReadableFile(file, shown, { ofFolder: ", not a deployment file" });
  try {
    return decodedYaml(readFileSync(file), shown);
  } catch (error) {
    if (error instanceof OrchError) throw error;
    throw new OrchError("invalid", `'${shown}' cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
