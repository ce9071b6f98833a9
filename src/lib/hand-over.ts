// How the engine of a run asks its agent for a Python process that has Prefect loaded, and what the agent answers.
// A request by HTTP to a Unix socket of the agent: nothing of it is written to a disk or seen by others.

/** In the environment of a run's engine: `TOKEN@SOCKET`. Missing where the agent has nothing to offer. */
export const HAND_OVER_VARIABLE = "ORCH__HAND_OVER";

/** The process that the engine would become by itself. */
export interface HandOverOrder {
  /** Path of the interpreter. */
  interpreter: string;
  /** What follows it on the command line. */
  words: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** Where it works. */
  folder: string;
}

/** `null` as order: the run is not for such a process, and the agent need not wait. */
export interface HandOverRequest {
  token: string;
  order: HandOverOrder | null;
}

/** `why` the run has to be started by its engine. Null: it runs, and its engine has to end. */
export interface HandOverAnswer {
  why: string | null;
}

/** The address in the variable; undefined where there is none. */
export function handOverAddress(text: string | undefined): { token: string; socket: string } | undefined {
  const [, token, socket] = /^([^@]+)@(.+)$/.exec(text ?? "") ?? [];
  return token && socket ? { token, socket } : undefined;
}
