// What asks a server for work while it is killed: calls that are cut and repeated, commands that are killed, pauses that end,
// cancellations.
import { randomUUID } from "node:crypto";
import type { Running } from "../../binary/sandbox.ts";
import type { Fleet } from "../fleet.ts";
import { KINDS } from "./flows.ts";

/** So many runs are open at most. */
const RUNS_AHEAD = 10;
/** Shorter than most answers. */
const CUT_MS = 3;
const CALL_MS = 3_000;
const PAUSE_MS = 50;
const SHARE_OF_CUTS = 0.2;
const SHARE_OF_CANCELLATIONS = 0.05;

export interface Clients {
  /** The ids that were answered, by the label of the run. */
  acknowledged: ReadonlyMap<string, string>;
  /** Labels of runs that were asked for. */
  labels: ReadonlySet<string>;
  /** Calls that were cut in the middle, by the client or by a kill. */
  unanswered(): number;
  /** Kills `orch deployment run` somewhere in its work. False when it had ended. */
  killCommand(): Promise<boolean>;
  /** Makes no more runs; those that are asked for are answered then. Pauses go on to be ended. */
  calm(): Promise<void>;
  stop(): Promise<void>;
}

/** `deployments`: ids of `sturdy/storm` and `plain/storm`. */
export function startClients(fleet: Fleet, deployments: readonly string[], random: () => number): Clients {
  const acknowledged = new Map<string, string>();
  const labels = new Set<string>();
  let unanswered = 0;
  let isCalm = false;
  let isOver = false;
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T; // none is empty

  /** A new label and what the run is to do. */
  function order() {
    const label = `run-${labels.size}`;
    labels.add(label);
    return { label, kind: pick(KINDS) };
  }

  /** One call, however often it is sent. */
  async function create(): Promise<void> {
    const parameters = order();
    const headers = { "idempotency-key": randomUUID() };
    const body = JSON.stringify({ parameters, state: { type: "SCHEDULED" } });
    const path = `${fleet.url}/deployments/${pick(deployments)}/create_flow_run`;
    for (let isCut = random() < SHARE_OF_CUTS; ; isCut = false) {
      try {
        const limit = isCut ? random() * CUT_MS : CALL_MS;
        const answer = await fetch(path, { method: "POST", headers, body, signal: AbortSignal.timeout(limit) });
        const { id }: { id: string } = (await answer.json()) as never; // of the endpoint
        if (answer.status !== 201) throw new Error(`no run was made: ${answer.status}`);
        acknowledged.set(parameters.label, id);
        if (random() < SHARE_OF_CANCELLATIONS) void cancel(id);
        return;
      } catch {
        unanswered += 1;
        await Bun.sleep(PAUSE_MS);
      }
    }
  }

  /** What the server answers; undefined when it does not. */
  async function ask<T>(path: string, body: unknown): Promise<T | undefined> {
    try {
      const signal = AbortSignal.timeout(CALL_MS);
      const answer = await fetch(fleet.url + path, { method: "POST", body: JSON.stringify(body), signal });
      return answer.ok ? ((await answer.json()) as T) : undefined; // of the endpoint
    } catch {
      return undefined;
    }
  }

  async function cancel(id: string): Promise<void> {
    await Bun.sleep(random() * 1_000);
    await ask(`/flow_runs/${id}/set_state`, { state: { type: "CANCELLING" } });
  }

  const states = (...types: string[]) => ({ state: { type: { any_: types } } });
  async function feed(): Promise<void> {
    while (!isCalm) {
      const open = { ...states("PENDING", "RUNNING", "PAUSED") };
      const due = { ...states("SCHEDULED"), expected_start_time: { before_: new Date().toISOString() } };
      const counts = await Promise.all([open, due].map((flow_runs) => ask<number>("/flow_runs/count", { flow_runs })));
      const all = counts.reduce<number>((sum, count) => sum + (count ?? RUNS_AHEAD), 0);
      await Promise.all(Array.from({ length: Math.max(0, RUNS_AHEAD - all) }, create));
      await Bun.sleep(PAUSE_MS);
    }
  }
  async function resume(): Promise<void> {
    while (!isOver) {
      const paused = await ask<{ id: string }[]>("/flow_runs/filter", { flow_runs: states("PAUSED") });
      for (const { id } of paused ?? []) await ask(`/flow_runs/${id}/resume`, {});
      await Bun.sleep(PAUSE_MS);
    }
  }
  const [feeding, resuming] = [feed(), resume()];

  return {
    acknowledged,
    labels,
    unanswered: () => unanswered,
    async killCommand() {
      const { label, kind } = order();
      const words = ["--param", `label=${label}`, "--param", `kind=${kind}`];
      const name = pick(["sturdy/storm", "plain/storm"]);
      const command = fleet.sandbox.start(["deployment", "run", name, ...words], { ORCH_API_URL: fleet.url });
      await Promise.race([Bun.sleep(random() * 80), command.exited]);
      const code = await command.stop("SIGKILL");
      const id = idIn(command);
      if (id) acknowledged.set(label, id);
      return code === 137;
    },
    async calm() {
      isCalm = true;
      await feeding;
    },
    async stop() {
      isOver = true;
      await resuming;
    },
  };
}

/** The run that a command says it has made. */
function idIn(command: Running): string | undefined {
  return /UUID: ([0-9a-f-]{36})/.exec(command.output())?.[1];
}
