// A folder as `orch dev` takes it: its deployment files, of which each deployment has one that counts.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { splitEntrypoint } from "#domain/entrypoint.ts";
import { messageOf } from "#lib/errors.ts";
import type { Settings } from "#settings/table.ts";
import { readDeploymentFile } from "../deployment/build/deployment-files.ts";
import { isSnapshot } from "../deployment/build/upload.ts";

const USUAL_QUEUE = "default";

export interface ProjectDeployment {
  /** `say-hi/marvin`. */
  name: string;
  /** The deployment file's name. */
  file: string;
  spec: DeploymentSpec;
  /** Where the file says that the code is. */
  builtPath: string | null;
}

export interface Project {
  deployments: ProjectDeployment[];
  /** What is wrong, by the name of the file. */
  problems: Map<string, string>;
  /** Files that do not count, and the one that does. */
  passedOver: Map<string, ProjectDeployment>;
}

export function deploymentFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith("-deployment.yaml"))
    .toSorted();
}

/** `here`: the names of deployments whose code was seen in the folder; it stays theirs when its file is gone. */
export function readProject(folder: string, settings: Settings, here: Set<string> = new Set()): Project {
  const project: Project = { deployments: [], problems: new Map(), passedOver: new Map() };
  const byName = new Map<string, ProjectDeployment[]>();
  for (const file of deploymentFiles(folder)) {
    try {
      const read = readDeploymentFile(folder, file);
      const name = `${read.flow_name}/${read.name}`;
      const spec = placed(read, folder, { settings, wasHere: here.has(name) });
      if (spec.path === folder) here.add(name);
      byName.set(name, [...(byName.get(name) ?? []), { name, file, spec, builtPath: read.path }]);
    } catch (error) {
      project.problems.set(file, messageOf(error));
    }
  }
  for (const candidates of byName.values()) {
    const [first, ...others] = candidates.toSorted((a, b) => savedAt(folder, b) - savedAt(folder, a));
    if (first) project.deployments.push(first);
    if (first) for (const { file } of others) project.passedOver.set(file, first);
  }
  return project;
}

/** Runs take the code from the folder itself, also where a build had its snapshot: what is saved is what runs. */
function placed(
  spec: DeploymentSpec,
  folder: string,
  { settings, wasHere }: { settings: Settings; wasHere: boolean },
): DeploymentSpec {
  const work_queue_name = spec.work_queue_name ?? USUAL_QUEUE;
  if (spec.storage) return { ...spec, work_queue_name };
  const isHere =
    spec.path === null ||
    (isSnapshot(spec.path, settings) && (wasHere || existsSync(join(folder, fileIn(spec) ?? ""))));
  return { ...spec, work_queue_name, path: isHere ? folder : resolve(folder, spec.path ?? ".") };
}

/** The flow's file, relative to the path. */
export function fileIn({ entrypoint }: DeploymentSpec): string | undefined {
  return splitEntrypoint(entrypoint)?.file;
}

function savedAt(folder: string, { file }: ProjectDeployment): number {
  return statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
