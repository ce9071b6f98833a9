// Hands the token of an execution from the agent that has claimed a flow run to the process that executes it.

/** Holds the token in the environment of a run's process. */
export const ATTEMPT_VARIABLE = "ORCH__ATTEMPT";

/** The token, once: what flow code starts does not inherit it. Undefined where the run was claimed without one. */
export function takeAttempt(): string | undefined {
  const token = process.env[ATTEMPT_VARIABLE];
  delete process.env[ATTEMPT_VARIABLE];
  return token || undefined;
}
