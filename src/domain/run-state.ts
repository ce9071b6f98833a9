// A state in the process that reached it: what the server knows of it, and the value or error it stands for.
import type { State, StateInput, StateType } from "#wire/runs/states.ts";
import { CancelledRun, CrashedRun, FailedRun, MissingResult, UnfinishedRun } from "./run-errors.ts";

/** What a final state holds. Absent when the value lives elsewhere or was never kept. */
export type Outcome<T = unknown> = { value: T } | { error: unknown };

const FINAL: ReadonlySet<StateType> = new Set<StateType>(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);

/** `SCHEDULED` to `Scheduled`. */
export function usualName(type: StateType): string {
  return `${type[0]}${type.slice(1).toLowerCase()}`;
}

/** The state of a run as flow code sees it: `future.wait()` gives one, `return Failed({…})` makes one. */
export class RunState<T = unknown> {
  readonly type: StateType;
  readonly name: string;
  readonly message: string | null;
  /** The run whose state it is; null for a state made by hand. */
  readonly taskRunId: string | null;
  readonly flowRunId: string | null;
  readonly #outcome: Outcome<T> | undefined;

  constructor(
    parts: { type: StateType } & Partial<Pick<RunState, "name" | "message" | "taskRunId" | "flowRunId">>,
    outcome?: Outcome<T>,
  ) {
    this.type = parts.type;
    this.name = parts.name ?? usualName(parts.type);
    this.message = parts.message ?? null;
    this.taskRunId = parts.taskRunId ?? null;
    this.flowRunId = parts.flowRunId ?? null;
    this.#outcome = outcome;
  }

  isCompleted(): boolean {
    return this.type === "COMPLETED";
  }
  isFailed(): boolean {
    return this.type === "FAILED";
  }
  isCrashed(): boolean {
    return this.type === "CRASHED";
  }
  isCancelled(): boolean {
    return this.type === "CANCELLED";
  }
  isFinal(): boolean {
    return FINAL.has(this.type);
  }

  /** The value of a completed run. Throws the error of one that failed, and says so when there is neither. */
  result(): T {
    if (this.#outcome && "value" in this.#outcome && this.isCompleted()) return this.#outcome.value;
    throw this.error();
  }

  /** What `result()` throws. */
  error(): unknown {
    if (this.#outcome && "error" in this.#outcome) return this.#outcome.error;
    const sentence = this.message ?? `Run is in ${this.name} state.`;
    switch (this.type) {
      case "COMPLETED":
        return new MissingResult(
          "The run completed earlier and its result was not kept: 'persistResult: true' of its flow or task keeps it.",
        );
      case "FAILED":
        return new FailedRun(sentence);
      case "CRASHED":
        return new CrashedRun(sentence);
      case "CANCELLED":
        return new CancelledRun(sentence);
      default:
        return new UnfinishedRun(`Run is in ${this.name} state, its result is not available.`);
    }
  }

  /** The same without its value, for lists that outlive the use of it. */
  withoutValue(): RunState {
    return this.isCompleted() ? new RunState(this) : this;
  }

  /** As logs show it: `Completed()`, `Failed('boom')`, `TimedOut('…', type=FAILED)`. */
  toString(): string {
    const parts = this.message ? [`'${this.message}'`] : [];
    if (this.type !== this.name.toUpperCase()) parts.push(`type=${this.type}`);
    return `${this.name}(${parts.join(", ")})`;
  }
}

/** A state in one line for a log that has the stack of its error already. */
export function withoutStack(state: RunState): string {
  const message = state.message ?? "";
  const at = message.search(/\n +at /);
  return at < 0 ? `${state}` : `${state}`.replace(message, () => message.slice(0, at));
}

/** The server's state, with the outcome that this process holds. A run without one counts as pending. */
export function fromWire<T>(state: State | null, outcome?: Outcome<T>): RunState<T> {
  if (!state) return new RunState<T>({ type: "PENDING" }, outcome);
  const { task_run_id, flow_run_id } = state.state_details;
  const { type, name, message } = state;
  return new RunState<T>({ type, name, message, taskRunId: task_run_id, flowRunId: flow_run_id }, outcome);
}

/** A state as it is proposed. Results stay in the process; the server learns their type only. */
export function toProposal(state: RunState, value: { value: unknown } | undefined): StateInput {
  return {
    type: state.type,
    name: state.name,
    message: state.message,
    ...(value ? { data: unpersisted(value.value) } : {}),
  };
}

function unpersisted(value: unknown): Record<string, string> {
  const description = `Unpersisted result of type \`${typeName(value)}\``;
  return { type: "unpersisted", artifact_type: "result", artifact_description: description };
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  const name = value.constructor?.name;
  return name ? name : "object";
}
