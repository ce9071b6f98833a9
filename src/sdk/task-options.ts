// Options of a task as its author gave them, checked, and with the delays of its retries worked out.
import type { SettledTaskOptions, TaskOptions } from "#domain/definitions.ts";
import { OrchError } from "#lib/errors.ts";

/** The server keeps no more. */
const MOST_DELAYS = 50;

export function settled(task: string, options: TaskOptions): SettledTaskOptions {
  const { retries = 0, retryDelaySeconds: given, retryJitterFactor, cacheKeyFn, persistResult, ...rest } = options;
  const delays = typeof given === "function" ? given(retries) : given;
  if (typeof delays === "object" && delays.length > MOST_DELAYS) {
    throw new OrchError("invalid", `Task '${task}' has ${delays.length} retry delays, and may have ${MOST_DELAYS}.`);
  }
  if (retryJitterFactor !== undefined && !(retryJitterFactor >= 0)) {
    throw new OrchError(
      "invalid",
      `'retryJitterFactor' of task '${task}' has to be 0 or more, and is ${retryJitterFactor}.`,
    );
  }
  if (cacheKeyFn && persistResult === false) {
    throw new OrchError(
      "invalid",
      `Task '${task}' has a 'cacheKeyFn', so its result has to be kept: leave out 'persistResult'.`,
    );
  }
  return {
    ...rest,
    retries,
    ...(delays === undefined ? {} : { retryDelaySeconds: delays }),
    ...(retryJitterFactor === undefined ? {} : { retryJitterFactor }),
    ...(cacheKeyFn === undefined ? {} : { cacheKeyFn }),
    ...(persistResult === undefined ? {} : { persistResult }),
  };
}

/**
 * Delays that double: `factor`, twice, four times it…
 *
 * @example
 * task(fetchPage, { retries: 3, retryDelaySeconds: exponentialBackoff(10) }); // after 10, 20 and 40 seconds
 */
export function exponentialBackoff(factor: number): (retries: number) => number[] {
  return (retries) => Array.from({ length: Math.min(retries, MOST_DELAYS) }, (_, retry) => factor * 2 ** retry);
}
