// Asks the agent to start a run of a Python flow in a process that has Prefect loaded.

import {
  HAND_OVER_VARIABLE,
  type HandOverAnswer,
  type HandOverOrder,
  type HandOverRequest,
  handOverAddress,
} from "#lib/hand-over.ts";
import { objectOf, tryParseJson } from "#lib/json.ts";
import type { Environment } from "#lib/process/environment.ts";
import { Interruption } from "../session/interruption.ts";

export interface WarmStart {
  /** Null: the agent is not asked, and waits no longer. */
  order: HandOverOrder | null;
  /** Aborted when this process has to end. */
  signal: AbortSignal;
}

/**
 * Resolves with why the run has to be started by this process, undefined where the agent has no such process at all. Where the run
 * was handed over this process ends with 0, without a word: that lets the other one begin. Any other end refuses it, so nothing
 * is executed twice. Throws an Interruption when the answer does not arrive, and the signal's reason.
 */
export async function startedWarm(env: Environment, { order, signal }: WarmStart): Promise<string | undefined> {
  const address = handOverAddress(env[HAND_OVER_VARIABLE]);
  if (!address) return undefined;
  const { token, socket } = address;
  const answer = await ask(socket, { token, order });
  signal.throwIfAborted(); // the run is being given back
  if (answer === "gone") return "the agent's socket is gone";
  const reply = tryParseJson(answer);
  const { why } = objectOf(reply) as Partial<HandOverAnswer>; // by the agent
  if (why === null) process.reallyExit(0);
  if (why === undefined) throw lost();
  return why;
}

/** The run is given back, as when the agent is gone. */
function lost(): Interruption {
  return new Interruption("The agent did not answer whether it executes this run.", 1, { isAsked: true });
}

/** `gone`: nothing was asked. */
async function ask(socket: string, request: HandOverRequest): Promise<string> {
  try {
    const body = JSON.stringify(request);
    // Loading Prefect takes minutes on a machine that is very busy, and the agent has its own limits.
    const answer = await fetch("http://agent/", { unix: socket, method: "POST", body, timeout: false });
    return await answer.text();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ECONNREFUSED") return "gone";
    throw lost();
  }
}
