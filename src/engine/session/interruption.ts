// The reason a process has to end before its run has: a signal, an exit, an uncaught error, an agent that is gone.

interface InterruptionOptions {
  cause?: unknown;
  isAsked?: boolean;
  isOrphaned?: boolean;
}

/** The process has to end; the run is CRASHED with this message. */
export class Interruption extends Error {
  readonly exitCode: number;
  /** Others want the process to end: functions of the user have the time to clean up. */
  readonly isAsked: boolean;
  /** The agent is gone: what the run has started ends with it. */
  readonly isOrphaned: boolean;

  constructor(message: string, exitCode: number, options: InterruptionOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.exitCode = exitCode;
    this.isAsked = options.isAsked ?? false;
    this.isOrphaned = options.isOrphaned ?? false;
  }
}
