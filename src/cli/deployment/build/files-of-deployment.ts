// Finds the deployment files of a folder that describe one deployment, as two of them would contradict each other, and keeps those of others.
import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseFields } from "#project/deployments/deployment-file.ts";

/** `name`: `say-hi/marvin`. The names of the files, sorted. A file that cannot be read describes nothing. */
export function filesOfDeployment(folder: string, name: string): string[] {
  const words = name.split("/");
  // Most files are of other deployments, and need no reading.
  const mayBe = (text: string) => words.every((word) => text.includes(word));
  return namesIn(folder).filter((file) => deploymentOf(join(folder, file), mayBe) === name);
}

/** `say-hi/marvin`: what the file describes. `undefined` for a file that is not there, cannot be read, or that `mayBe` passes over. */
export function deploymentOf(file: string, mayBe = (_text: string) => true): string | undefined {
  try {
    const text = readFileSync(file, "utf8");
    if (!mayBe(text)) return undefined;
    const { flow_name, name } = parseFields(text, file);
    return typeof flow_name === "string" && typeof name === "string" ? `${flow_name}/${name}` : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Before a build writes to `target`: when the file describes another deployment than `name`, it is kept beside, as
 * `<function>-<name>-deployment.yaml`. Returns its new path.
 */
export function keepOther(target: string, name: string): string | undefined {
  const other = deploymentOf(target);
  if (other === undefined || other === name) return undefined;
  const base = basename(target).replace(/(?:-deployment)?\.yaml$/, "");
  const own = fileWord(other.slice(other.lastIndexOf("/") + 1)).slice(0, MOST_OF_NAME);
  for (let count = 1; ; count += 1) {
    const kept = join(dirname(target), `${base}-${own}${count > 1 ? `-${count}` : ""}-deployment.yaml`);
    if (existsSync(kept)) continue;
    renameSync(target, kept);
    return kept;
  }
}

/** File names have room for 255 bytes. */
const MOST_OF_NAME = 60;

/** Names may have any text: what would lead to another folder becomes a dash. */
export function fileWord(name: string): string {
  return name.replace(/[/\\\p{Cc}]+/gu, "-");
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith("-deployment.yaml"))
      .toSorted();
  } catch {
    return []; // the folder is not there yet
  }
}
