// Where a run's code comes from. A snapshot is immutable and shared: the run gets a private copy of it, removed at the
// end. A plain folder is run in place. Either way the process then works in that folder.
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { patient } from "#lib/patience.ts";
import type { Deployment } from "#wire/deployments.ts";
import type { RunLogger } from "./context.ts";
import type { Cleanup, Session } from "./session.ts";

export interface Code {
  /** Absolute path of the flow's file. */
  file: string;
  exportName: string;
}

export async function fetchCode(
  session: Session,
  deployment: Deployment,
  logger: RunLogger,
  cleanup: Cleanup[],
): Promise<Code> {
  const { file, exportName } = parseEntrypoint(deployment);
  const source = await sourceOf(session, deployment);
  logger.info(`Downloading flow code from storage at '${source}'`);
  const folder = isInside(resolve(session.settings.ORCH_LOCAL_STORAGE_PATH), source)
    ? await copyOf(session, source, cleanup)
    : source;
  enter(folder, cleanup);
  return { file: join(folder, file), exportName };
}

function parseEntrypoint({ name, entrypoint }: Deployment): Code {
  const at = entrypoint?.lastIndexOf(":") ?? -1;
  if (!entrypoint || at < 1) {
    throw new OrchError("invalid", `Deployment '${name}' has no entrypoint of the form 'file:flow': '${entrypoint}'.`);
  }
  return { file: entrypoint.slice(0, at), exportName: entrypoint.slice(at + 1) };
}

/** The folder on this machine: the deployment's path, below the storage block's basepath if it has one. */
async function sourceOf(session: Session, { path, storage_document_id: id }: Deployment): Promise<string> {
  if (!id) return resolve(path ?? ".");
  const { readBlockDocument } = await import("#wire/blocks.ts");
  const block = await patient(session, (call) =>
    session.client.call(readBlockDocument, { params: { id }, query: { include_secrets: true } }, call),
  );
  const slug = block.block_type?.slug;
  if (slug !== "local-file-system") {
    throw new OrchError("invalid", `Flow code in a '${slug}' block cannot be fetched; use a local-file-system block.`);
  }
  const base = typeof block.data["basepath"] === "string" ? block.data["basepath"] : ".";
  const from = path === null || path === "" ? resolve(base) : resolve(base, path);
  if (!isInside(resolve(base), from)) {
    throw new OrchError("invalid", `Provided path ${from} is outside of the base path ${resolve(base)}.`);
  }
  return from;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function copyOf(session: Session, source: string, cleanup: Cleanup[]): Promise<string> {
  const [{ mkdtempSync, realpathSync, rmSync }, { tmpdir }, { localStorage }] = await Promise.all([
    import("node:fs"),
    import("node:os"),
    import("#storage/local.ts"),
  ]);
  // Resolved, because stack traces show the real path and tmp may be a link.
  const copy = realpathSync(mkdtempSync(join(tmpdir(), "orch-run-")));
  cleanup.push(() => rmSync(copy, { recursive: true, force: true }));
  await localStorage(source).getDirectory(null, copy);
  session.folder = copy;
  return copy;
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
