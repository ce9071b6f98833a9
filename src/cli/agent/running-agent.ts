// An agent as the commands run it: on this executable's engine, with both Ctrl-Cs.
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { createAgent } from "#agent/agent.ts";
import { createServerLink } from "#agent/server-link.ts";
import type { WorkerIdentity } from "#agent/worker-registration.ts";
import type { Client } from "#client/client.ts";
import { notTheApi } from "#client/refusals.ts";
import { infrastructureOfPool } from "#domain/work-pool-types.ts";
import { createInfrastructures } from "#infrastructure/registry.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { removeLeftRunFolders } from "#lib/files/run-folder.ts";
import { expectLongWork } from "#lib/process/jit.ts";
import type { LoadedSettings } from "#settings/load.ts";
import { readHealth } from "#wire/admin.ts";
import type { Io } from "../kit/command.ts";
import { ownCommand } from "../kit/own-command.ts";
import type { Interrupts } from "../terminal/interrupts.ts";
import { continued, record } from "../terminal/layout.ts";

export interface RunningAgentOptions {
  client: Client;
  /** Where the runs find the API; `null`: on the database of the home, as this process does. */
  url: string | null;
  apiKey: string | null;
  loaded: LoadedSettings;
  io: Io;
  queues: readonly string[];
  prefixes?: readonly string[];
  pool: string | null;
  limit: number | null;
  prefetchSeconds: number;
  once: boolean;
  /** Makes it a worker of its pool. */
  worker?: WorkerIdentity;
  interrupts: Interrupts;
  /** Called when pool and queues were found or made: nothing may say earlier that the agent has started. */
  onReady?: () => void;
}

/**
 * Waits for the server: an agent may be started before it. One that runs `once` waits for seconds. False when Ctrl-C came
 * first. Throws what the server refuses, and a sentence when there can be no server at that address.
 */
export async function reachServer(client: Client, io: Io, interrupts: Interrupts, once: boolean): Promise<boolean> {
  const stop = new AbortController();
  void interrupts.first.then(() => stop.abort());
  const { signal } = stop;
  const link = createServerLink({ clock: systemClock, where: client.description, say: io.out, giveUp: signal });
  try {
    await link.reach(
      async () => {
        if ((await client.call(readHealth, {}, { signal })) !== true) throw notTheApi(client.description);
      },
      { signal, briefly: once },
    );
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** Resolves when the agent has stopped and none of its runs is left running. */
export async function runAgent(options: RunningAgentOptions): Promise<void> {
  expectLongWork();
  const folder = tmpdir();
  if (!existsSync(folder)) {
    throw new OrchError(
      "invalid",
      `There is no folder '${folder}' for temporary files: set TMPDIR to one that is there.`,
    );
  }
  removeLeftRunFolders(folder);
  const {
    client,
    url,
    apiKey,
    loaded,
    io,
    queues,
    prefixes = [],
    pool,
    limit,
    prefetchSeconds,
    once,
    worker,
    interrupts,
    onReady,
  } = options;
  const { ORCH_HOME } = loaded.settings;
  const infrastructure = createInfrastructures(
    {
      engineCommand: ownCommand("engine"),
      machine: io.env,
      settings: {
        ...loaded.explicit,
        ORCH_HOME,
        ...(url ? { ORCH_API_URL: url } : {}),
        ...(apiKey ? { ORCH_API_KEY: apiKey } : {}),
      },
      logHome: loaded.settings.ORCH_LOGGING_TO_API_ENABLED ? ORCH_HOME : null,
      spareEngines: once ? 0 : loaded.settings.ORCH_AGENT_SPARE_ENGINES,
      warmPythonSeconds: loaded.settings.ORCH_AGENT_WARM_PYTHON_SECONDS,
      clock: systemClock,
    },
    worker && infrastructureOfPool(worker.type),
  );
  const agent = createAgent({
    client,
    clock: systemClock,
    settings: loaded.settings,
    infrastructure,
    queues,
    prefixes,
    pool,
    limit,
    prefetchSeconds,
    worker,
    output: (line, isContinued) => io.out(isContinued ? continued(line) : record(line)),
  });
  interrupts.first.then(() => {
    agent.drain();
    void infrastructure.close(); // no more runs will need what it has started ahead
  });
  interrupts.second.then(() => agent.abort());
  try {
    await agent.run({ once, ...(onReady ? { onReady } : {}) });
  } finally {
    await infrastructure.close();
  }
}
