// A server in a few lines, for tests of the engine alone: enough of the rules for one process's runs, every call on
// record, and switches for what goes wrong. The engine against the real server is in entry.test.ts.
import type { Client } from "#client/client.ts";
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { Endpoint } from "#wire/endpoint.ts";
import type { LogInput } from "#wire/runs/logs.ts";

export interface FakeState {
  type: string;
  name: string;
  message: string | null;
  data?: unknown;
  state_details: { scheduled_time: string | null; task_run_id: string | null; flow_run_id: string | null };
}

export interface FakeRun {
  id: string;
  kind: "flow" | "task";
  name: string;
  state: FakeState | null;
  state_type: string | null;
  run_count: number;
  empirical_policy: { retries?: number | null; retry_delay?: number | number[] | null };
  parent_task_run_id?: string | null;
  flow_run_id?: string;
  dynamic_key?: string;
  task_key?: string;
  /** Names of all states so far. */
  history: string[];
  [field: string]: unknown;
}

const FINAL = new Set(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);

export class FakeApi {
  readonly runs: FakeRun[] = [];
  readonly logs: LogInput[] = [];
  /** Answers of other GETs, such as `/deployments/{id}`, by path and id. */
  readonly things = new Map<string, unknown>();
  /** `METHOD /path` of every call that reached the server. */
  readonly calls: string[] = [];
  /** Called before a call is served; may throw, wait, or change the server's mind. */
  before: (call: string, body: unknown) => Promise<void> | void = () => {};
  /** Called after a call was served and before its answer is given: throwing loses the answer. */
  after: (call: string) => void = () => {};
  /** Where kept results lie. */
  resultsFolder = "";
  readonly #clock: Clock;
  /** What was answered before, by call and key. */
  readonly #answered = new Map<string, unknown>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get client(): Client {
    const call = async (
      endpoint: Endpoint,
      input: { params?: { id: string }; body?: Record<string, unknown> },
      options?: { signal?: AbortSignal; idempotencyKey?: string },
    ) => {
      const name = `${endpoint.method} ${endpoint.path}`;
      await Promise.resolve();
      options?.signal?.throwIfAborted();
      await this.before(name, input.body);
      options?.signal?.throwIfAborted();
      this.calls.push(name);
      const key = `${name} ${options?.idempotencyKey}`;
      const known = options?.idempotencyKey === undefined ? undefined : this.#answered.get(key);
      const answer = known ?? this.#serve(name, input.params?.id ?? "", input.body ?? {});
      if (endpoint.repeat.by === "key") this.#answered.set(key, structuredClone(answer));
      this.after(name);
      return structuredClone(answer);
    };
    return { call, description: "http://fake/api" } as unknown as Client; // typed per endpoint; the fake answers by path
  }

  get flowRuns(): FakeRun[] {
    return this.runs.filter((run) => run.kind === "flow");
  }
  get taskRuns(): FakeRun[] {
    return this.runs.filter((run) => run.kind === "task");
  }
  /** The run of that name. */
  run(name: string): FakeRun {
    const found = this.runs.find((run) => run.name === name);
    if (!found) throw new Error(`no run '${name}' among ${this.runs.map((run) => run.name).join(", ")}`);
    return found;
  }
  messages(level = 0): string[] {
    return this.logs.filter((log) => Number(log.level) >= level).map((log) => String(log.message));
  }

  #serve(name: string, id: string, body: Record<string, unknown>): unknown {
    switch (name) {
      case "POST /flows/":
        return { id: `flow-${body["name"]}` };
      case "POST /flow_runs/":
        return (
          this.#existing("idempotency_key", body) ?? this.#create("flow", { name: `run-${this.runs.length}` }, body)
        );
      case "POST /task_runs/":
        return this.#existing("dynamic_key", body) ?? this.#create("task", {}, body);
      case "GET /flow_runs/{id}":
      case "GET /task_runs/{id}":
        return this.#byId(id);
      case "PATCH /flow_runs/{id}":
      case "PATCH /task_runs/{id}":
        Object.assign(this.#byId(id), body);
        return null;
      case "POST /flow_runs/{id}/set_state":
      case "POST /task_runs/{id}/set_state":
        return this.#setState(this.#byId(id), body["state"] as FakeState, Boolean(body["force"])); // what the engine sent
      case "POST /logs/":
        this.logs.push(...(body as unknown as LogInput[])); // a list travels as the body
        return null;
      // One saved block, in which results are kept.
      case "GET /block_types/slug/{slug}/block_documents/name/{block_document_name}":
        this.things.set("GET /block_documents/{id} results", {
          ...{ id: "results", block_type: { slug: "local-file-system" }, data: { basepath: this.resultsFolder } },
        });
        return { id: "results" };
      case "POST /orch/heartbeats":
        return null;
      default:
        if (this.things.has(`${name} ${id}`)) return this.things.get(`${name} ${id}`);
        throw new OrchError("not_found", `the fake server has no ${name}`);
    }
  }

  /** A run that is there before the engine comes. */
  add(name: string, fields: Record<string, unknown>): FakeRun {
    return this.#create("flow", { name }, fields);
  }

  #byId(id: string): FakeRun {
    const run = this.runs.find((each) => each.id === id);
    if (!run) throw new OrchError("not_found", `no run ${id}`);
    return run;
  }

  #existing(key: "idempotency_key" | "dynamic_key", body: Record<string, unknown>): FakeRun | undefined {
    const same = ["flow_run_id", "task_key", key].every((field) => field in body || field !== key);
    if (!same || body[key] == null) return undefined;
    return this.runs.find((run) => [key, "flow_run_id", "task_key"].every((field) => run[field] === body[field]));
  }

  #create(kind: FakeRun["kind"], defaults: object, body: Record<string, unknown>): FakeRun {
    const sent = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
    const run: FakeRun = {
      ...{ deployment_id: null, parent_task_run_id: null, tags: [], parameters: {}, expected_start_time: null },
      ...{
        id: newId(),
        kind,
        name: "",
        state: null,
        state_type: null,
        run_count: 0,
        empirical_policy: {},
        history: [],
      },
      ...defaults,
      ...sent,
    };
    run.state = null;
    this.#store(run, (sent["state"] as FakeState | undefined) ?? ({ type: "PENDING", name: "Pending" } as FakeState)); // as sent
    this.runs.push(run);
    return run;
  }

  #store(run: FakeRun, proposed: Partial<FakeState> & { type: string; name: string }): FakeState {
    const state: FakeState = {
      message: null,
      ...proposed,
      state_details: {
        scheduled_time: null,
        task_run_id: run.kind === "task" ? run.id : (run.parent_task_run_id ?? null),
        flow_run_id: run.kind === "flow" ? run.id : (run.flow_run_id ?? null),
        ...proposed.state_details,
      },
    };
    if (state.type === "RUNNING") {
      if (run.run_count > 0) state.name = "Retrying";
      run.run_count++;
    }
    run.state = state;
    run.state_type = state.type;
    run.history.push(state.name);
    const standIn = this.runs.find((other) => run.kind === "flow" && other.id === run.parent_task_run_id);
    if (standIn) Object.assign(standIn, { state, state_type: state.type });
    return state;
  }

  #setState(run: FakeRun, proposed: FakeState, force: boolean): unknown {
    const current = run.state;
    const scheduled = current?.state_details.scheduled_time;
    const left = scheduled ? (Date.parse(scheduled) - this.#clock.now()) / 1000 : 0;
    if (!force && current) {
      if (FINAL.has(current.type) && !(run.kind === "task" && current.type === "FAILED")) {
        return {
          status: "ABORT",
          state: current,
          details: { type: "abort_details", reason: "This run has already terminated." },
        };
      }
      if (current.type === "CANCELLING") {
        return { status: "REJECT", state: current, details: { type: "reject_details", reason: "cancelling" } };
      }
      if (run.kind === "flow" && current.type === "RUNNING" && proposed.type === "RUNNING") {
        return { status: "ABORT", state: current, details: { type: "abort_details", reason: "already running" } };
      }
      if (proposed.type === "RUNNING" && left > 0) {
        const details = { type: "wait_details", delay_seconds: Math.max(1, Math.round(left)), reason: "Scheduled" };
        return { status: "WAIT", state: current, details };
      }
    }
    const { retries, retry_delay } = run.empirical_policy;
    if (proposed.type === "FAILED" && current?.type === "RUNNING" && run.run_count <= (retries ?? 0)) {
      const delays = [retry_delay ?? 0].flat();
      const delay = delays[Math.min(run.run_count, delays.length) - 1] ?? 0;
      const scheduled_time = toTimestamp(this.#clock.now() + delay * 1000);
      const again = { ...proposed, type: "SCHEDULED", name: "AwaitingRetry" };
      const details = { scheduled_time, task_run_id: null, flow_run_id: null };
      const state = this.#store(run, { ...again, state_details: details });
      return { status: "REJECT", state, details: { type: "reject_details", reason: "Retrying" } };
    }
    return { status: "ACCEPT", state: this.#store(run, proposed), details: { type: "accept_details" } };
  }
}
