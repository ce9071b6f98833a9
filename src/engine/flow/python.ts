// Hands a run of a Python flow over to its interpreter: fetches the code, chooses the Python and the engine, names both in the
// run's log, and then replaces this process, so that agents go on watching the same one. Where the agent has a process with Prefect
// loaded, a fork of that runs the flow, and this process ends.
import { cpSync, existsSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { PYTHON_VARIABLE } from "#domain/engine-command.ts";
import { splitEntrypoint } from "#domain/entrypoint.ts";
import { ATTEMPT_VARIABLE } from "#lib/attempt-variable.ts";
import { OrchError } from "#lib/errors.ts";
import { givenWorkingDir, isInRunFolder, WORKING_DIR_VARIABLE } from "#lib/files/run-folder.ts";
import { HAND_OVER_VARIABLE } from "#lib/hand-over.ts";
import { environment } from "#lib/process/environment.ts";
import { replaceProcess } from "#lib/process/replace-process.ts";
import { PARENT_VARIABLE } from "#lib/process/watch-parent.ts";
import { callUntilAvailable } from "#lib/retry.ts";
import { builtInCommand, builtInVariables, chooseEngine, realCommand } from "#project/python/engine-command.ts";
import { flowInterpreter } from "#project/python/flow-interpreter.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import type { RunLogger } from "../session/context.ts";
import type { Cleanup, Session } from "../session/session.ts";
import { type Code, fetchCode } from "./code.ts";
import { startedWarm } from "./warm-python.ts";

const NO_ADDRESS =
  "Python flows reach the API by its address, and this agent works without a server. Start one: orch server start";
const PULL_STEPS =
  "The deployment has steps that pull its code, which orch's built-in Python engine does not do. Install Prefect for its Python, and the run is executed by it";
const NOT_KNOWN =
  "Prefect brings the code of this run, so this Python was chosen before its file was known: inline script metadata in it has no effect.";
/** What the agent says to the engine of this executable alone. */
const OWN_VARIABLES = [PYTHON_VARIABLE, PARENT_VARIABLE, WORKING_DIR_VARIABLE, HAND_OVER_VARIABLE];

/** Does not return. Throws `invalid` with a sentence where the flow cannot be run. */
export async function handOverToPython(
  session: Session,
  deployment: Deployment,
  logger: RunLogger,
  cleanup: Cleanup[],
): Promise<never> {
  const env = environment();
  if (!env["PREFECT_API_URL"]) throw new OrchError("invalid", NO_ADDRESS);
  const { settings, attempt } = session;
  const folder = projectFolder(deployment);
  const isMisread = !leavesFetchingToUs(deployment) && (await isMisreadByPrefect(session, deployment));
  const isOurs = isMisread || leavesFetchingToUs(deployment);
  let fetched = isOurs ? await fetch() : undefined;
  const known = fetched?.file ?? fileInPlace(deployment);
  let { interpreter, kind, description } = await choose(known);
  if (kind === "built-in" && known === null) {
    fetched = await fetchForBuiltIn();
    ({ interpreter, kind, description } = await choose(fetched.file)); // which may ask for a Python, and for Prefect
  }
  // Only Prefect needs it there. Without that nothing of the folder is overwritten.
  if (kind === "real" && isMisread) cpSync(session.folder, process.cwd(), { recursive: true, verbatimSymlinks: true });
  if (kind === "real" && known === null && fetched === undefined) logger.debug(NOT_KNOWN);
  const started = kind === "real" ? startReal() : await startBuiltIn();
  logger.info(`${description}.`);
  const variables = { ...withoutOwn(env), ...started.variables };
  const [path = "", ...words] = started.command;
  const order = { interpreter: path, words, environment: variables, folder: process.cwd() };
  await session.logs.flush(); // this process ends when the run is handed over
  const why = await startedWarm(env, { order: kind === "real" ? order : null, signal: session.signal });
  if (why !== undefined) logger.debug(`This run starts a new Python process: ${why}.`);
  session.noteSignals();
  await session.logs.flush();
  return replaceProcess(started.command, variables);

  function fetch(): Promise<Code> {
    return fetchCode(session, deployment, logger, cleanup, agentFolder());
  }

  async function fetchForBuiltIn(): Promise<Code> {
    if (deployment.pull_steps?.length) throw new OrchError("invalid", PULL_STEPS);
    return fetch();
  }

  async function choose(file: string | null) {
    const interpreter = await flowInterpreter(file, {
      ...{ setting: settings.ORCH_PYTHON, command: env[PYTHON_VARIABLE] ?? null, folder, env: withoutOwn(env) },
      ...{ home: settings.ORCH_HOME, note: (sentence) => logger.warn(sentence), signal: session.signal },
    });
    return { interpreter, ...chooseEngine(interpreter, { wanted: settings.ORCH_PYTHON_ENGINE, env }) };
  }

  function startReal(): Started {
    return { command: realCommand(interpreter, isOurs), variables: {} };
  }

  async function startBuiltIn(): Promise<Started> {
    const code = fetched ?? (await fetchForBuiltIn());
    const variables = {
      ...builtInVariables(settings.ORCH_HOME, env),
      ORCH__CODE_FOLDER: rootOf(code.file, deployment),
    };
    return {
      command: builtInCommand(interpreter, code),
      variables: { ...variables, ...(attempt === undefined ? {} : { [ATTEMPT_VARIABLE]: attempt }) },
    };
  }
}

interface Started {
  command: string[];
  variables: Record<string, string>;
}

/** Where a `.venv` may lie: a deployment of a plain folder runs there. */
function projectFolder({ path, storage_document_id: storage }: Deployment): string {
  return path !== null && storage === null && existsSync(path) ? path : process.cwd();
}

/** The flow's file where Prefect fetches the code; null where it is not on this machine. */
function fileInPlace({ path, storage_document_id: storage, pull_steps, entrypoint }: Deployment): string | null {
  const way = splitEntrypoint(entrypoint)?.file;
  if (path === null || storage !== null || pull_steps?.length || way === undefined) return null;
  return resolve(path, way);
}

/** Modules of the project are imported from here: the entrypoint is relative to it. */
function rootOf(file: string, { entrypoint }: Deployment): string {
  const way = splitEntrypoint(entrypoint)?.file ?? "";
  return file.endsWith(way) ? file.slice(0, -way.length).replace(/[/\\]$/, "") || "/" : dirname(file);
}

/** The run's folder, which its agent removes: this process has no end at which it could remove one. */
function agentFolder(): string | undefined {
  return isInRunFolder(process.cwd()) ? process.cwd() : undefined;
}

/** A run that was given a folder to work in has its code copied there by Prefect, and steps that pull code are Prefect's too. */
function leavesFetchingToUs({ pull_steps }: Deployment): boolean {
  return givenWorkingDir() === undefined && !pull_steps?.length;
}

/**
 * Prefect 2.10.4 takes the path of a deployment for one of the machine, where a LocalFileSystem block and the path mean a folder below
 * the block's: so the code is brought for it, and copied into the folder that the run works in.
 */
async function isMisreadByPrefect(session: Session, deployment: Deployment): Promise<boolean> {
  const { path, storage_document_id: id, pull_steps } = deployment;
  if (id === null || !path || isAbsolute(path) || pull_steps?.length) return false;
  const { readBlockDocument } = await import("#wire/blocks.ts");
  const block = await callUntilAvailable(session, (call) =>
    session.client.call(readBlockDocument, { params: { id } }, call),
  );
  return block.block_type?.slug === "local-file-system";
}

function withoutOwn(env: ReturnType<typeof environment>): Record<string, string> {
  const kept = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(kept.filter(([name]) => !OWN_VARIABLES.includes(name)));
}
