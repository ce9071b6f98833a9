// The server and the agents of a storm: killed, started again, stopped for a while.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Running } from "../../binary/sandbox.ts";
import type { Fleet } from "../fleet.ts";
import { enginesOf, type Process, signal } from "./processes.ts";

const ENV = {
  ORCH_HEARTBEAT_SECONDS: "0.2",
  ORCH_LOGGING_TO_API_BATCH_INTERVAL: "0.1",
  ORCH_API_SERVICES_SCHEDULER_LOOP_SECONDS: "1",
  ORCH_AGENT_PREFETCH_SECONDS: "1",
};

export type Kill = "server" | "agent" | "engine" | "group";
/** `machine`: an agent and its runs, as on a laptop that is closed. */
export type Stop = "server" | "agent" | "engine" | "machine";

export interface CrewOptions {
  /** One of the two agents is a part of the server's process. */
  inServer: boolean;
  /** After so long a silence a run is lost. */
  lostSeconds: number;
}

export interface Crew {
  /** The folder for temporary files of all. */
  temporary: string;
  /** The server that is at work. */
  server(): Running;
  /** Those that are at work, without the one in the server. */
  agents: readonly Running[];
  /** Kills one with SIGKILL, and starts what does not start by itself. False where there was none to kill. */
  kill(kind: Kill): Promise<boolean>;
  /** Stops one with SIGSTOP, if none is stopped already; it goes on while other things happen. False where there was none. */
  stop(kind: Stop, isLong: boolean): boolean;
  /** Resolves when none is stopped. */
  awake(): Promise<void>;
  /** Asks all to end, and gives their exit codes. */
  end(): Promise<number[]>;
  startAgent(): Promise<Running>;
  startServer(): Promise<Running>;
  /** All that any of them has printed. */
  printed(): string;
}

export async function createCrew(fleet: Fleet, random: () => number, options: CrewOptions): Promise<Crew> {
  const { inServer, lostSeconds } = options;
  const { home } = fleet.sandbox;
  const temporary = join(home, "tmp");
  mkdirSync(temporary);
  const env = { ...ENV, ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS: String(lostSeconds), TMPDIR: temporary };
  const all: Running[] = [];
  const noted = async (starting: Promise<Running>) => {
    all.push(await starting);
    return starting;
  };
  const startServer = () => noted(fleet.startServer(env, ...(inServer ? ["--agent", "test"] : [])));
  const startAgent = () => noted(fleet.startAgent(env, "--limit", "5"));
  const oneOf = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];

  let server = await startServer();
  const agents = await Promise.all((inServer ? [1] : [1, 2]).map(startAgent));
  /** Ids of server and agents that are stopped. */
  const stopped = new Set<number>();
  let nap: Promise<void> | undefined;

  const someEngine = () => oneOf(enginesOf(home).filter(({ parent }) => !stopped.has(parent)));
  const withRuns = (pid: number): number[] => {
    const isOf = ({ parent }: Process) => parent === pid;
    return [
      pid,
      ...enginesOf(home)
        .filter(isOf)
        .map((engine) => -engine.pid),
    ];
  };

  function targetsOf(kind: Stop): number[] {
    if (kind === "server") return [server.pid];
    const chosen = kind === "engine" ? someEngine() : oneOf(agents);
    if (!chosen) return [];
    return { agent: [chosen.pid], engine: [-chosen.pid], machine: withRuns(chosen.pid) }[kind];
  }

  async function sleep(targets: readonly number[], millis: number): Promise<void> {
    for (const target of targets) signal(target, "SIGSTOP");
    for (const target of targets) stopped.add(target);
    await Bun.sleep(millis);
    for (const target of targets) signal(target, "SIGCONT");
    stopped.clear();
    nap = undefined;
  }

  return {
    ...{ temporary, agents, startAgent, startServer },
    server: () => server,
    async kill(kind) {
      if (kind === "engine" || kind === "group") {
        const engine = someEngine();
        return engine !== undefined && signal(kind === "group" ? -engine.pid : engine.pid, "SIGKILL");
      }
      const victim = kind === "server" ? server : oneOf(agents);
      if (!victim || stopped.has(victim.pid)) return false;
      await victim.stop("SIGKILL");
      if (random() < 0.2) await Bun.sleep(random() * 500);
      if (kind === "server") server = await startServer();
      else agents[agents.indexOf(victim)] = await startAgent();
      return true;
    },
    stop(kind, isLong) {
      const targets = nap ? [] : targetsOf(kind);
      if (targets.length === 0) return false;
      nap = sleep(targets, isLong ? lostSeconds * 1000 * (1.5 + random()) : 50 + random() * 300);
      return true;
    },
    awake: async () => nap,
    end: () => Promise.all([...agents, server].map((running) => running.stop())),
    printed: () => all.map((running) => running.output()).join("\n"),
  };
}
