// A task run under way: what `task.submit(…)` gives back, and what other tasks take as an argument.
import { RunState } from "#domain/run-state.ts";
import { pendingCall } from "../user-code.ts";

const FUTURE = Symbol.for("orch.future");

/** Deliberately not thenable: `await task.submit()` must not silently wait for the result. */
export class TaskFuture<T = unknown> {
  readonly [FUTURE] = true;
  /** The id of the task run, known once the server has created it. */
  readonly taskRunId: Promise<string>;
  readonly #final: Promise<RunState<T>>;
  #state: RunState<T> = new RunState<T>({ type: "PENDING" });

  constructor(taskRunId: Promise<string>, final: Promise<RunState<T>>) {
    this.taskRunId = taskRunId;
    this.#final = final.then((state) => {
      this.#state = state;
      return state;
    });
    // Nobody has to look at a future: the flow's end waits for it and counts its state.
    this.#final.catch(() => {});
    this.taskRunId.catch(() => {});
  }

  /** The final state, whatever it is. */
  wait(): Promise<RunState<T>> {
    return pendingCall(this.#final);
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
