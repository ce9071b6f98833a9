// Where a run's code comes from. Snapshots and storage blocks are shared: the run gets a private copy, removed at the end.
// A plain folder is run in place. Either way the process then works in that folder, unless its deployment names another one.
import { existsSync, readlinkSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { type Entrypoint, splitEntrypoint } from "#domain/entrypoint.ts";
import { OrchError } from "#lib/errors.ts";
import { FOLDER_LINK, givenWorkingDir } from "#lib/files/run-folder.ts";
import { callUntilAvailable } from "#lib/retry.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import type { RunLogger } from "../session/context.ts";
import type { Cleanup, Session } from "../session/session.ts";

/** The entrypoint, with the absolute path of the flow's file. */
export type Code = Entrypoint;

/** `into`: the folder for the copy, which its maker removes. Without it, a new one. */
export async function fetchCode(
  session: Session,
  deployment: Deployment,
  logger: RunLogger,
  cleanup: Cleanup[],
  into?: string,
): Promise<Code> {
  const { file, exportName } = entrypointOf(deployment);
  const source = await sourceOf(session, deployment, logger);
  for (const note of source.notes ?? []) logger.warn(note);
  logger.info(`Downloading flow code from storage at '${source.shown}'`);
  const copy = source.fetch ? await copyOf(source.fetch, cleanup, into) : undefined;
  const folder = copy === undefined ? source.shown : folderWith(file, projectIn(copy), deployment.path);
  enter(folder, cleanup);
  session.folder = copy ?? process.cwd(); // without links, as stack traces have it
  // As in 2.10.4 the run works in its `working_dir`; the code is not copied over what lies there.
  const workingDir = givenWorkingDir();
  if (workingDir !== undefined) process.chdir(workingDir);
  return { file: join(folder, file), exportName };
}

function entrypointOf({ name, entrypoint }: Deployment): Entrypoint {
  const found = splitEntrypoint(entrypoint);
  if (found) return found;
  throw new OrchError("invalid", `Deployment '${name}' has no entrypoint of the form 'file:flow': '${entrypoint}'.`);
}

interface Source {
  /** A folder of this machine, or a place in a storage block. */
  shown: string;
  /** Brings the code into a folder; without it the code is run where it is. */
  fetch?: (folder: string) => Promise<void>;
  /** About settings of the block that change nothing. */
  notes?: readonly string[];
}

async function sourceOf(session: Session, deployment: Deployment, logger: RunLogger): Promise<Source> {
  const { path, storage_document_id: id } = deployment;
  if (id) return storedSource(session, id, path || null, logger);
  const folder = resolve(path ?? ".");
  if (!isInside(resolve(session.settings.ORCH_LOCAL_STORAGE_PATH), folder)) return { shown: folder };
  const [{ localStorage }, { touchSnapshot }] = await Promise.all([
    import("#storage/local.ts"),
    import("#project/snapshots/snapshot-use.ts"),
  ]);
  // It stays while it is copied, also when its deployment is changed or deleted meanwhile.
  if (!touchSnapshot(folder)) {
    const sentence = `The snapshot '${folder}' of deployment '${deployment.name}' is not there any more.`;
    throw new OrchError("not_found", `${sentence} Build the deployment again.`);
  }
  return { shown: folder, fetch: (copy) => localStorage(folder).getDirectory(null, copy) };
}

async function storedSource(session: Session, id: string, path: string | null, logger: RunLogger): Promise<Source> {
  const [{ readBlockDocument }, { openStorage }] = await Promise.all([
    import("#wire/blocks.ts"),
    import("#storage/registry.ts"),
  ]);
  const query = { include_secrets: true };
  const block = await callUntilAvailable(session, (call) =>
    session.client.call(readBlockDocument, { params: { id }, query }, call),
  );
  const storage = await openStorage(block.block_type?.slug ?? "", block.data);
  const { signal } = session;
  const fetch = (folder: string) =>
    storage.getDirectory(path, folder, { signal, onWarning: (sentence) => logger.warn(sentence) });
  return { shown: storage.location(path), fetch, notes: storage.notes ?? [] };
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function copyOf(
  fetch: NonNullable<Source["fetch"]>,
  cleanup: Cleanup[],
  into: string | undefined,
): Promise<string> {
  if (into !== undefined) return fetch(into).then(() => into);
  const [{ rmSync }, { makeRunFolder }] = await Promise.all([import("node:fs"), import("#lib/files/run-folder.ts")]);
  const copy = makeRunFolder();
  cleanup.push(() => rmSync(copy, { recursive: true, force: true }));
  await fetch(copy);
  return copy;
}

/** The project's own folder, in a tree that holds what it needs from outside too. */
function projectIn(tree: string): string {
  const link = join(tree, FOLDER_LINK);
  const folder = existsSync(link) ? resolve(tree, readlinkSync(link)) : tree;
  if (isInside(tree, folder)) return folder;
  throw new OrchError("invalid", `The code is not run: '${FOLDER_LINK}' in it leads to '${folder}', out of the code.`);
}

/** A repository's folder comes under its own path: a deployment that was built inside of it names the file from there. */
function folderWith(file: string, folder: string, path: string | null): string {
  const below = join(folder, path ?? "");
  return !existsSync(join(folder, file)) && isInside(folder, below) && existsSync(join(below, file)) ? below : folder;
}

function enter(folder: string, cleanup: Cleanup[]): void {
  const before = process.cwd();
  try {
    process.chdir(folder);
  } catch (cause) {
    throw new OrchError("not_found", `There is no folder '${folder}' to run the flow in.`, { cause });
  }
  // Out of the copy before it is removed.
  cleanup.push(() => process.chdir(before));
}
