// `orch agent start`, and `orch agent -q test` for short.
import { OrchError } from "#lib/errors.ts";
import { PREFECT_VERSION } from "#wire/admin.ts";
import { command } from "./command.ts";
import { wholeNumber } from "./numbers.ts";

export const agentStart = command({
  description: "Start an agent, which executes the runs of work queues.",
  examples: ["orch agent -q test", "orch agent start -p default-agent-pool --limit 4"],
  options: {
    queue: { type: "positional", required: false, description: "A work queue; -q is the usual way to name it." },
    "work-queue": {
      type: "string",
      alias: "q",
      multiple: true,
      description: "A work queue; may be given more than once.",
    },
    pool: { type: "string", alias: "p", description: "A work pool: all its queues, or those named with -q." },
    limit: { type: "string", alias: "l", description: "How many runs may execute at once. Default: no limit." },
    "run-once": { type: "boolean", description: "Execute what is due now, then stop." },
    "prefetch-seconds": { type: "string", description: "Seconds before its time that a run is started." },
    api: { type: "string", description: "The API's address. Default: ORCH_API_URL." },
    "hide-welcome": { type: "boolean", description: "Say less at the start." },
  },
  async run({ options, io, loaded }) {
    const queues = [...(options.queue === undefined ? [] : [options.queue]), ...options["work-queue"]];
    const pool = options.pool ?? null;
    if (queues.length === 0 && pool === null) {
      throw new OrchError("invalid", "No work queues provided! Name one with -q, or a work pool with -p.");
    }
    const limit = wholeNumber("--limit", options.limit, 1) ?? null;
    const prefetchSeconds = wholeNumber("--prefetch-seconds", options["prefetch-seconds"], 0);
    const settings = { ...loaded.settings, ...(options.api === undefined ? {} : { ORCH_API_URL: options.api }) };

    const [{ openApi }, { runAgent }, { watchInterrupts }] = await Promise.all([
      import("./api.ts"),
      import("./running-agent.ts"),
      import("./interrupts.ts"),
    ]);
    const interrupts = watchInterrupts();
    const api = await openApi(settings, { retries: 0 });
    if (!options["hide-welcome"]) {
      io.out(`Starting agent for API of Prefect ${PREFECT_VERSION}, connected to ${api.client.description}...`);
    }
    io.out(
      `Agent started! Looking for work from ${queues.length > 0 ? `queue(s): ${queues.join(", ")}` : `work pool '${pool}'`}...`,
    );
    try {
      await runAgent({
        client: api.client,
        url: api.url,
        apiKey: api.apiKey,
        loaded,
        io,
        queues,
        pool,
        limit,
        prefetchSeconds: prefetchSeconds ?? settings.ORCH_AGENT_PREFETCH_SECONDS,
        once: options["run-once"],
        interrupts,
      });
    } finally {
      await api.close();
      interrupts.remove();
    }
    io.out("Agent stopped!");
  },
});
