// Calls the functions of flows and tasks within their time limits, and abandons them with their run. Functions that can notice
// this get time to clean up.
import { systemClock } from "#lib/clock.ts";
import { type Activity, currentRun, type RunFrame } from "./context.ts";
import type { Session } from "./session.ts";

export class TimeoutExceeded extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super(`exceeded timeout of ${seconds} seconds`);
    this.seconds = seconds;
  }
}

/** An agent that cancels ends the process 30 s after it asked: the log is to be sent before. */
const CLEAN_UP_SECONDS = 20;
/** For a function that may have noticed: it reads the signal now and then, or it does not any more. */
const NOTICE_SECONDS = 5;

/**
 * The value of `fn`, called in `frame`. Throws TimeoutExceeded when it took longer than `seconds` (0: no limit), also where it
 * kept the process so busy that this shows only at its end; and the signal's reason when the run is given up. The function
 * itself cannot be stopped, only no longer waited for.
 */
export async function callUserCode<T>(
  session: Pick<Session, "clock" | "activities" | "watchdog">,
  frame: Omit<RunFrame, "activity">,
  seconds: number | undefined,
  fn: () => T | Promise<T>,
): Promise<T> {
  const { clock, activities } = session;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const activity: Activity = { ended, signal: frame.signal, pendingCalls: 0, readSignal: undefined };
  const done = new AbortController();
  const leave = seconds ? (await session.watchdog()).enter(frame, seconds) : undefined;
  const began = clock.elapsed();
  const isLate = () => seconds && clock.elapsed() - began >= seconds * 1000;
  activities.add(activity);
  const late = seconds ? clock.sleep(seconds * 1000, done.signal).then(isLate) : undefined;
  const work = currentRun.run({ ...frame, activity }, async () => fn());
  const over = () => {
    activities.delete(activity);
    end();
  };
  work.then(over, over);
  try {
    const value = await Promise.race([
      work,
      givenUp(frame.signal, done.signal),
      ...(late ? [timeOut(late, seconds)] : []),
    ]);
    if (isLate()) throw new TimeoutExceeded(seconds ?? 0);
    return value;
  } catch (error) {
    if (isLate() && !frame.signal.aborted) throw new TimeoutExceeded(seconds ?? 0);
    throw error;
  } finally {
    done.abort();
    leave?.();
  }
}

/** Rejects when the run is given up. */
function givenUp(signal: AbortSignal, done: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // it loses the race whenever the work ends first
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: done });
  return promise;
}

/** Rejects when the time is over; never resolves. */
function timeOut(late: Promise<unknown>, seconds = 0): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // as above
  void late.then((isOver) => isOver && reject(new TimeoutExceeded(seconds)));
  return promise;
}

/** `runContext().signal`: its listeners are called within the run, so that what they print is in the run's log. */
export function signalFor(frame: RunFrame): AbortSignal {
  const { activity, signal } = frame;
  if (activity.readSignal) return activity.readSignal;
  const own = new AbortController();
  const abort = () => currentRun.run(frame, () => own.abort(signal.reason));
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  activity.readSignal = own.signal;
  // A function that waits for the signal alone is not stuck: the process is not idle.
  const over = new AbortController();
  void systemClock.sleep(Number.POSITIVE_INFINITY, AbortSignal.any([over.signal, signal]));
  void activity.ended.then(() => over.abort());
  return own.signal;
}

/** A call of the engine that user code waits for. */
export async function pendingCall<T>(work: Promise<T>): Promise<T> {
  const activity = currentRun.getStore()?.activity;
  if (!activity) return work;
  activity.pendingCalls += 1;
  try {
    return await work;
  } finally {
    activity.pendingCalls -= 1;
  }
}

/**
 * Call it as soon as runs are given up: resolves when their functions have cleaned up, or have had the time for it. A function
 * that cannot notice (it waits for something that is not the engine's, and has no signal) is not waited for.
 */
export async function cleanedUp({ clock, activities }: Pick<Session, "clock" | "activities">): Promise<void> {
  const ending = [...activities].filter(({ signal }) => signal.aborted);
  const listens = process.listenerCount("SIGTERM") > 1;
  const noticing = ending.filter(({ pendingCalls }) => pendingCalls > 0);
  const perhaps = ending.filter(({ pendingCalls, readSignal }) => pendingCalls === 0 && (readSignal || listens));
  await Promise.all([within(noticing, CLEAN_UP_SECONDS), within(perhaps, NOTICE_SECONDS)]);

  async function within(some: readonly Activity[], seconds: number): Promise<void> {
    if (some.length === 0) return;
    const done = new AbortController();
    await Promise.race([Promise.all(some.map(({ ended }) => ended)), clock.sleep(seconds * 1000, done.signal)]);
    done.abort();
  }
}
