// What flow code may catch: the failures of other runs, as errors.

/** A task that this one depends on did not complete, so this one never started. */
export class UpstreamTaskError extends Error {
  override readonly name = "UpstreamTaskError";
}

/** A run ended FAILED without an error of its own to throw. */
export class FailedRun extends Error {
  override readonly name = "FailedRun";
}

export class CrashedRun extends Error {
  override readonly name = "CrashedRun";
}

export class CancelledRun extends Error {
  override readonly name = "CancelledRun";
}

/** A run has no result because it is not final, or because the server did not let it start. */
export class UnfinishedRun extends Error {
  override readonly name = "UnfinishedRun";
}

/** A paused run was not resumed in time. */
export class FlowPauseTimeout extends Error {
  override readonly name = "FlowPauseTimeout";
}

/** A run that is not paused cannot be resumed. */
export class NotPausedError extends Error {
  override readonly name = "NotPausedError";
}

/** A run completed earlier, in another process, and its result was not kept. */
export class MissingResult extends Error {
  override readonly name = "MissingResult";
}
