// Notices that this process did not run for a while: it was stopped, its machine was suspended, or it was kept busy.
import type { Clock } from "../clock.ts";

const LOOK_MS = 500;
/** A busy process is later than that only now and then, and a question too many costs little. */
const LATE_MS = 500;

type Times = Pick<Clock, "now" | "elapsed">;

/** Gives a function that says whether more time than usual has passed since its last call. */
export function createSleepDetector(clock: Times): () => boolean {
  let [wall, elapsed] = [clock.now(), clock.elapsed()];
  return () => {
    const [wallBefore, elapsedBefore] = [wall, elapsed];
    [wall, elapsed] = [clock.now(), clock.elapsed()];
    // The second one stands still while the machine is suspended, the first one can be set back.
    return Math.max(wall - wallBefore, elapsed - elapsedBefore) >= LOOK_MS + LATE_MS;
  };
}

/** Whether a sleep of `millis` that began at `since` (of the clock's `now`) has taken much longer. */
export function hasOverslept(clock: Pick<Clock, "now">, since: number, millis: number): boolean {
  return clock.now() - since >= millis + LATE_MS;
}

/** Calls `onWake` within half a second after each sleep. Does not keep the process alive. Returns the way to stop looking. */
export function watchWake(clock: Times, onWake: () => void): () => void {
  const hasSlept = createSleepDetector(clock);
  const timer = setInterval(() => hasSlept() && onWake(), LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
