// `orch server start`.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "#client/client.ts";
import type { Settings } from "#settings/table.ts";
import { command, type Io } from "./kit/command.ts";
import { MOST_PORT, wholeNumber } from "./options/numbers.ts";
import { refuseSecondServer } from "./server/second-server.ts";

const TAKEN = "Accepted for scripts of Prefect's server";
/** Scripts that start the old server have them. They say nothing that this one could do otherwise. */
const OF_OLD = {
  "log-level": {
    type: "string",
    choices: ["CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG", "critical", "error", "warning", "info", "debug"],
    description: `${TAKEN}: this one prints what went wrong, and nothing else.`,
  },
  "keep-alive-timeout": { type: "string", description: `${TAKEN}: this one keeps connections for two minutes.` },
  "analytics-on": { type: "boolean", description: `${TAKEN}: nothing is ever sent anywhere.` },
  "analytics-off": { type: "boolean", description: `${TAKEN}: nothing is ever sent anywhere.` },
} as const;

export const serverStart = command({
  description: "Start the API server with its scheduler.",
  examples: ["orch server start", "orch server start --port 0 --agent test", "orch server start --background"],
  options: {
    host: { type: "string", description: "Address to listen on. Default: ORCH_SERVER_API_HOST, 127.0.0.1." },
    port: {
      type: "string",
      description: "Port to listen on; 0 picks a free one. Default: ORCH_SERVER_API_PORT, 4200.",
    },
    ui: { type: "boolean", default: true, description: "Do not serve the web UI." },
    auth: { type: "boolean", default: true, description: "Ask for no API key, whatever ORCH_SERVER_API_KEY is." },
    services: {
      type: "boolean",
      default: true,
      description: "Run neither the scheduler nor the other background loops.",
    },
    scheduler: { type: "boolean", default: true, description: "Create no runs of scheduled deployments." },
    "late-runs": {
      type: "boolean",
      default: true,
      description: "Do not mark runs that have not started in time as Late.",
    },
    agent: { type: "string", multiple: true, description: "Run an agent for this queue in the same process." },
    background: {
      type: "boolean",
      description:
        "Start it in the background, so that it keeps running without this terminal; 'orch server stop' stops it.",
    },
    ...OF_OLD,
  },
  async run({ options, io, loaded }) {
    const settings = chosen(loaded.settings, options);
    wholeNumber("--keep-alive-timeout", options["keep-alive-timeout"], 0);
    const port = wholeNumber("--port", options.port, 0, MOST_PORT) ?? settings.ORCH_SERVER_API_PORT;
    if (options.background) return background(options, settings.ORCH_HOME, io);
    const [{ startApp }, { isLoopback }, { watchInterrupts }] = await Promise.all([
      import("./server/running-app.ts"),
      import("#server/http/guard.ts"),
      import("./terminal/interrupts.ts"),
    ]);
    const interrupts = watchInterrupts();
    const isNew = !existsSync(join(settings.ORCH_HOME, "orch.db"));
    const host = options.host ?? settings.ORCH_SERVER_API_HOST;
    const { services, ui, auth } = options;
    const { ORCH_HOME: home } = settings;
    const beforeServices = async (client: Client) =>
      (await import("./dev/undo.ts")).undoLeft(client, home, (line) => io.err(io.paint.warn(line)));
    const server = await startApp({
      ...{ settings, host, port, services, ui, openToAll: !auth, log: io.err, beforeServices },
    });
    const { url } = server.listener;
    io.out(`orch server is running at ${url}, with its data in ${settings.ORCH_HOME}`);
    io.out(`  Commands of this home find it. Others: orch config set ORCH_API_URL=${url}/api`);
    io.out(`  The API's reference is at ${url}/docs`);
    if (server.hasUi) io.out(`  Check out the web UI at ${url}`);
    if (isNew) await offerAdoption(settings.ORCH_HOME, io);
    const who = isLoopback(host) ? "every user of this machine" : "everyone who can reach this address";
    if (!auth) io.err(io.paint.bad(`No API key is required (--no-auth): ${who} can read and change everything here.`));
    try {
      if (options.agent.length > 0) await withAgent(options.agent, `${url}/api`);
      await interrupts.first;
    } finally {
      await server.stop();
      interrupts.remove();
    }
    io.out("Server stopped!");

    async function withAgent(queues: string[], api: string): Promise<void> {
      const [{ runAgent }, { openApi }] = await Promise.all([import("./agent/running-agent.ts"), import("./api.ts")]);
      const { client, apiKey } = await openApi({ ...settings, ORCH_API_URL: api }, { retries: 0 });
      const prefetchSeconds = settings.ORCH_AGENT_PREFETCH_SECONDS;
      const rest = { pool: null, limit: null, prefetchSeconds, once: false, interrupts };
      await runAgent({ client, url: api, apiKey, loaded, io, queues, ...rest });
    }
  },
});

/** Once, as long as there is nothing in the home that it could collide with. */
async function offerAdoption(home: string, io: Io): Promise<void> {
  const [{ prefectDatabase }, { userHome }, { shellQuoted }] = await Promise.all([
    import("./doctor/home.ts"),
    import("#lib/process/user-home.ts"),
    import("#lib/text/shell-words.ts"),
  ]);
  const found = prefectDatabase(home, userHome(io.env));
  if (found === undefined) return;
  io.out(`  Prefect's database is here too. To take it over, stop both servers, and: orch adopt ${shellQuoted(found)}`);
}

/** The same options again, without the one that asks for the background. */
async function background(options: Record<string, unknown>, home: string, io: Io): Promise<void> {
  const given = Object.entries(options).flatMap(([name, value]): string[] => {
    if (name === "background" || value === undefined) return [];
    if (typeof value === "boolean") return [value ? `--${name}` : `--no-${name}`];
    return [value].flat().map((one) => `--${name}=${one}`);
  });
  await refuseSecondServer(home);
  const { startInBackground } = await import("./server/background.ts");
  const { url, pid, log } = await startInBackground(["server", "start", ...given], home, io);
  io.out(`orch server is running at ${url} as process ${pid}, with its data in ${home}`);
  io.out(`  Its log: ${log}`);
  io.out("  Stop it: orch server stop");
}

/** A loop runs when both the settings and the options want it. */
function chosen(settings: Settings, options: { scheduler: boolean; "late-runs": boolean }): Settings {
  return {
    ...settings,
    ORCH_API_SERVICES_SCHEDULER_ENABLED: settings.ORCH_API_SERVICES_SCHEDULER_ENABLED && options.scheduler,
    ORCH_API_SERVICES_LATE_RUNS_ENABLED: settings.ORCH_API_SERVICES_LATE_RUNS_ENABLED && options["late-runs"],
  };
}
