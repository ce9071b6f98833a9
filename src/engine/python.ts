// Hands a run of a Python flow over to its interpreter: fetches the code, chooses the Python and the engine, names both in the
// run's log, and then replaces this process, so that agents go on watching the same one.
import { PYTHON_VARIABLE } from "#domain/engine-command.ts";
import { environment } from "#lib/environment.ts";
import { OrchError } from "#lib/errors.ts";
import { PARENT_VARIABLE } from "#lib/parent.ts";
import { replaceProcess } from "#lib/replace-process.ts";
import { givenWorkingDir, isInRunFolder, WORKING_DIR_VARIABLE } from "#lib/run-folder.ts";
import { pythonEngine } from "#project/python/engine-command.ts";
import { findInterpreter } from "#project/python/interpreter.ts";
import type { Deployment } from "#wire/deployments.ts";
import { fetchCode } from "./code.ts";
import type { RunLogger } from "./context.ts";
import type { Cleanup, Session } from "./session.ts";

const NO_ADDRESS =
  "Python flows reach the API by its address, and this agent works without a server. Start one: orch server start";
/** What the agent says to the engine of this executable alone. */
const OWN_VARIABLES = [PYTHON_VARIABLE, PARENT_VARIABLE, WORKING_DIR_VARIABLE];

/** Does not return. Throws `invalid` with a sentence where the flow cannot be run. */
export async function handOverToPython(
  session: Session,
  deployment: Deployment,
  logger: RunLogger,
  cleanup: Cleanup[],
): Promise<never> {
  const env = environment();
  if (!env["PREFECT_API_URL"]) throw new OrchError("invalid", NO_ADDRESS);
  const isFetched = leavesFetchingToUs(deployment);
  if (isFetched) await fetchCode(session, deployment, logger, cleanup, agentFolder());
  const folder = process.cwd();
  const interpreter = findInterpreter({
    setting: session.settings.ORCH_PYTHON,
    command: env[PYTHON_VARIABLE] ?? null,
    folder,
    env,
  });
  const { command, description } = pythonEngine(interpreter, { env, folder, isFetched });
  logger.info(`${description}.`);
  session.noteSignals();
  await session.logs.flush();
  return replaceProcess(command, withoutOwn(env));
}

/** The run's folder, which its agent removes: this process has no end at which it could remove one. */
function agentFolder(): string | undefined {
  return isInRunFolder(process.cwd()) ? process.cwd() : undefined;
}

/** A run that was given a folder to work in has its code copied there by Prefect, and steps that pull code are Prefect's too. */
function leavesFetchingToUs({ pull_steps }: Deployment): boolean {
  return givenWorkingDir() === undefined && !pull_steps?.length;
}

function withoutOwn(env: ReturnType<typeof environment>): Record<string, string> {
  const kept = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(kept.filter(([name]) => !OWN_VARIABLES.includes(name)));
}
