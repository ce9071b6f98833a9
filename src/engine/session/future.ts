// A task run under way: what `task.submit(…)` returns and other tasks take as an argument.
import { RunState } from "#domain/run-state.ts";

const FUTURE = Symbol.for("orch.future");

/** Deliberately not thenable: `await task.submit()` must not silently wait for the result. */
export class TaskFuture<T = unknown> {
  readonly [FUTURE] = true;
  /** The id of the task run, known once the server has created it. */
  readonly taskRunId: Promise<string>;
  readonly #final: Promise<RunState<T>>;
  readonly #waited: (work: Promise<RunState<T>>) => Promise<RunState<T>>;
  #state: RunState<T> = new RunState<T>({ type: "PENDING" });

  /** `waited` is called with what user code waits for (`pendingCall` of user-code.ts). */
  constructor(
    taskRunId: Promise<string>,
    final: Promise<RunState<T>>,
    waited: (work: Promise<RunState<T>>) => Promise<RunState<T>>,
  ) {
    this.taskRunId = taskRunId;
    this.#waited = waited;
    this.#final = final.then((state) => {
      this.#state = state;
      return state;
    });
    // Futures may be left unawaited: the end of the flow waits for them and counts their states.
    this.#final.catch(() => {});
    this.taskRunId.catch(() => {});
  }

  /** The final state, whatever it is. */
  wait(): Promise<RunState<T>> {
    return this.#waited(this.#final);
  }

  /** The value, or throws what the task threw. */
  async result(): Promise<T> {
    const state = await this.wait();
    return state.result();
  }

  /** As far as this process knows now, without waiting. */
  state(): RunState<T> {
    return this.#state;
  }
}

export function isFuture(value: unknown): value is TaskFuture {
  return typeof value === "object" && value !== null && FUTURE in value;
}
