// Asks the agent to start a run of a Python flow in a process that has Prefect loaded.

import {
  HAND_OVER_VARIABLE,
  type HandOverAnswer,
  type HandOverOrder,
  type HandOverRequest,
  handOverAddress,
} from "#lib/hand-over.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import type { Environment } from "#lib/process/environment.ts";

/**
 * Resolves with why the run has to be started by this process, undefined where the agent has no such process at all. Where the run
 * was handed over this process ends, without a word. `order` null: the agent is not asked, and waits no longer.
 */
export async function startedWarm(env: Environment, order: HandOverOrder | null): Promise<string | undefined> {
  const address = handOverAddress(env[HAND_OVER_VARIABLE]);
  if (!address) return undefined;
  const { token, socket } = address;
  const answer = await ask(socket, { token, order });
  if (answer === "gone") return "the agent's socket is gone";
  const said = tryParseJson(answer);
  const { why } = (isObject(said) ? said : {}) as Partial<HandOverAnswer>; // by the agent
  if (why === null) process.reallyExit(0);
  return why ?? "the agent gave no reason";
}

/** `gone`: nothing was asked. Of an agent that was killed meanwhile it is not known what it did: its end ends this process. */
async function ask(socket: string, request: HandOverRequest): Promise<string> {
  try {
    const answer = await fetch("http://agent/", { unix: socket, method: "POST", body: JSON.stringify(request) });
    return await answer.text();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "ENOENT" || code === "ECONNREFUSED" ? "gone" : new Promise<never>(() => {});
  }
}
