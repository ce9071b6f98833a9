// Aborts work that waits too long for something, however long the whole of it takes.

export interface TimeLimit {
  /** Aborts when a wait is too long, and when the outer signal does. */
  signal: AbortSignal;
  /** True once a wait was too long. */
  isOver(): boolean;
  /** Begins a wait of at most `millis`, in place of the wait before. */
  start(millis: number): void;
  stop(): void;
}

/**
 * @example
 * const limit = timeLimit(signal);
 * limit.start(60_000);
 * const answer = await fetch(url, { signal: limit.signal });
 * limit.stop();
 */
export function timeLimit(outer?: AbortSignal): TimeLimit {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  return {
    signal: outer ? AbortSignal.any([outer, controller.signal]) : controller.signal,
    isOver: () => over,
    start(millis) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        over = true;
        controller.abort();
      }, millis);
    },
    stop: () => clearTimeout(timer),
  };
}
