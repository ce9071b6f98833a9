// Follows a run to its end: its log and its states, line by line, as they come.
import type { Client } from "#client/client.ts";
import { isTerminal } from "#domain/states.ts";
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { isUnavailable, retryUntilAvailable } from "#lib/retry.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { type FlowRun, readFlowRun } from "#wire/runs/flow-runs.ts";
import type { Log } from "#wire/runs/logs.ts";
import { starting } from "../agent/listeners.ts";
import type { Io } from "../kit/command.ts";
import type { Layout } from "../terminal/layout.ts";
import { stateColour } from "../terminal/state-colours.ts";
import { createLineNames, type LineNames } from "./line-names.ts";
import { logLine } from "./log-line.ts";
import { logTail } from "./printed-logs.ts";

const LOOK_EVERY_MS = 200;
/** An agent that is there takes a run at once. */
const UNTAKEN_AFTER_MS = 5_000;
/** How long a server that went away is waited for. */
const SERVER_AWAY_SECONDS = 30;

export interface FollowOptions {
  client: Client;
  clock: Clock;
  /** Where the lines go: standard error when JSON is printed. */
  say: (line: string | Layout) => void;
  paint: Io["paint"];
  /** Gets each log record in the place of `say`. `ofRun` names the run that it is about: `Task run 'greet-0'`. */
  onLog?: (record: Log, ofRun: string) => void;
  /** The person knows already that no agent listens to the queue. */
  isWarned?: boolean;
  /** Says nothing about states: only the log is wanted. */
  isQuiet?: boolean;
  /** Aborted to stop following. The run goes on. */
  signal: AbortSignal;
}

/**
 * The run as it was last seen: at its end, unless the signal came first. Throws `not_found` for a run that was deleted
 * meanwhile, `unavailable` when the server is away for longer than half a minute.
 */
export async function followRun(id: string, options: FollowOptions): Promise<FlowRun> {
  const { client, clock, say, paint, signal, isQuiet = false } = options;
  const onLog = options.onLog ?? ((record, ofRun) => say(logLine(record, ofRun, paint)));
  const began = clock.now();
  let warned = options.isWarned ?? false;
  const retryingClient: Client = {
    ...client,
    call: (endpoint, input, given) => reached(() => client.call(endpoint, input, given)),
  };
  const tail = logTail(retryingClient, { flow_run_id: { any_: [id] } });
  let names: LineNames | undefined;
  let state: string | null = null;
  let last: FlowRun | undefined;
  for (;;) {
    const run = await look();
    if (!run) return last as FlowRun; // Ctrl-C came while the server was away, after a first answer
    last = run;
    const ended = isTerminal(run.state_type);
    if (!isQuiet && !ended && run.state_name !== state) {
      say(`Flow run '${run.name}' is ${stateColour(run, paint)(String(run.state_name))}${messageOfState(run)}`);
    }
    state = run.state_name;
    // A run ships the last of its log when its end is known.
    if (ended) await clock.sleep(LOOK_EVERY_MS);
    for await (const lines of tail.next()) {
      names ??= createLineNames(retryingClient, `Flow run '${run.name}'`);
      const nameOf = await names.of(lines);
      for (const line of lines) onLog(line, nameOf(line));
    }
    if (ended && !isQuiet) {
      const color = run.state_type === "COMPLETED" ? paint.good : paint.bad;
      say(color(`Flow run '${run.name}' finished in state ${run.state_name}${messageOfState(run)}`));
    }
    if (ended || signal.aborted) return run;
    const due = run.expected_start_time ? toMillis(run.expected_start_time) : began;
    if (!isQuiet && !warned && isUntaken(run) && clock.now() - Math.max(began, due) > UNTAKEN_AFTER_MS) {
      say(paint.warn(await untaken(retryingClient, run)));
      warned = true;
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
  }

  /** Undefined when the signal came while the server was away. */
  async function look(): Promise<FlowRun | undefined> {
    try {
      return await retryingClient.call(readFlowRun, { params: { id } });
    } catch (error) {
      if (last && signal.aborted && isUnavailable(error)) return undefined;
      if (!last || !(error instanceof OrchError)) throw error;
      const { name } = last;
      if (error.code === "not_found")
        throw new OrchError("not_found", `Flow run '${name}' was deleted.`, { cause: error });
      if (error.code !== "unavailable") throw error;
      const sentence = `The server at ${client.description} went away while flow run '${name}' was ${state}.`;
      throw new OrchError("unavailable", `${sentence} The run goes on without it.`, { cause: error });
    }
  }

  /** A server that is restarted is waited for. */
  function reached<T>(call: () => Promise<T>): Promise<T> {
    let isAway = false;
    return retryUntilAvailable({ clock, seconds: last ? SERVER_AWAY_SECONDS : 0, signal }, async () => {
      try {
        return await call();
      } catch (error) {
        if (isUnavailable(error) && last && !isAway)
          say(`Lost the server at ${client.description}. Waiting for it to come back.`);
        isAway = true;
        throw error;
      }
    });
  }
}

/** Without the frames of a stack: the log has them. */
function messageOfState({ state }: FlowRun): string {
  const message = state?.message?.replace(/\n\s+at .*/g, "");
  return message ? `: ${message}` : "";
}

/** A run that waits for its retry has a process already, which does the waiting. */
function isUntaken({ state_type, state_name }: FlowRun): boolean {
  return state_type === "SCHEDULED" && state_name !== "AwaitingRetry";
}

async function untaken(client: Client, { work_queue_name: queue, work_pool_name: pool }: FlowRun): Promise<string> {
  if (!queue) return "No agent takes this run: its deployment has no work queue. Build it again with -q.";
  return `No agent has taken this run yet. Start one in another terminal: ${await starting(client, queue, pool)}`;
}
