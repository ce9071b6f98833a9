// `orch agent start`, and `orch agent -q test` for short.
import { OrchError } from "#lib/errors.ts";
import { version } from "../../package.json";
import { command, UsageError } from "./kit/command.ts";
import { wholeNumber } from "./options/numbers.ts";

export const agentStart = command({
  description: "Start an agent that executes runs of work queues.",
  examples: ["orch agent -q test", "orch agent start -m dev-", "orch agent start -p default-agent-pool --limit 4"],
  options: {
    queue: { type: "positional", required: false, description: "A work queue; -q is the usual way to name it." },
    "work-queue": {
      type: "string",
      alias: "q",
      multiple: true,
      description: "A work queue; may be given more than once. Created if it does not exist.",
    },
    match: {
      type: "string",
      alias: "m",
      multiple: true,
      description: "All work queues whose name starts with this, including later ones.",
    },
    pool: { type: "string", alias: "p", description: "A work pool: all its queues, or those named with -q or -m." },
    tag: {
      type: "string",
      alias: "t",
      multiple: true,
      description: "Deprecated: the runs with these tags, of any queue.",
    },
    limit: {
      type: "string",
      alias: "l",
      description: "How many runs may execute at the same time. Default: no limit.",
    },
    "run-once": { type: "boolean", description: "Execute the runs that are due now, then stop." },
    "prefetch-seconds": {
      type: "string",
      description: "How long before its scheduled time a run is taken, in seconds.",
    },
    api: { type: "string", description: "The API's address. Default: ORCH_API_URL." },
    "hide-welcome": { type: "boolean", description: "Print less at the start." },
  },
  async run({ options, io, loaded }) {
    const asked = { ...options, pool: options.pool ?? null };
    refuseMixtures(asked);
    await refuseCommandAsQueue(options.queue);
    const limit = wholeNumber("--limit", options.limit, 1) ?? null;
    const prefetchSeconds = wholeNumber("--prefetch-seconds", options["prefetch-seconds"], 0);
    const settings = { ...loaded.settings, ...(options.api === undefined ? {} : { ORCH_API_URL: options.api }) };

    const [{ openApi }, { reachServer, runAgent }, { watchInterrupts }, { queuesFor }] = await Promise.all([
      import("./api.ts"),
      import("./agent/running-agent.ts"),
      import("./terminal/interrupts.ts"),
      import("./agent/agent-queues.ts"),
    ]);
    const interrupts = watchInterrupts();
    const api = await openApi(settings, { retries: 0 });
    try {
      if (!(await reachServer(api.client, io, interrupts, options["run-once"]))) return;
      const { queues, pool } = await queuesFor(api.client, asked, io);
      const prefixes = options.match;
      const where = api.url ?? `the database of ${settings.ORCH_HOME}, without a server`;
      const say = (line: string) => (options["hide-welcome"] ? undefined : io.out(line));
      say(`orch ${version} agent, on ${where}`);
      await runAgent({
        onReady: () => say(startedWords({ queues, prefixes, pool })),
        client: api.client,
        url: api.url,
        apiKey: api.apiKey,
        loaded,
        io,
        queues,
        prefixes,
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

/** `orch agent start stop` would make a queue of that name, and wait for its runs. */
async function refuseCommandAsQueue(queue: string | undefined): Promise<void> {
  if (queue === undefined) return;
  const { commandMeant } = await import("./kit/meant-command.ts");
  const meant = commandMeant(queue, "agent", ["start"]);
  if (meant === "") return;
  const named = `For a queue of that name: 'orch agent start -q ${queue}'.`;
  throw new UsageError(`'${queue}' reads as a command, not as a queue.${meant} ${named}`);
}

interface Asked {
  queue: string | undefined;
  "work-queue": string[];
  match: string[];
  tag: string[];
  pool: string | null;
}

/** Throws `invalid` with the old command's sentences. */
function refuseMixtures({ queue, "work-queue": named, match, tag, pool }: Asked): void {
  const kinds = [queue !== undefined || named.length > 0, tag.length > 0, match.length > 0].filter(Boolean).length;
  if (kinds === 0 && pool === null) {
    throw new OrchError("invalid", "No work queues provided! Name one with -q, or a work pool with -p.");
  }
  if (kinds > 1) throw new OrchError("invalid", "Only one of `work_queues`, `match`, or `tags` can be provided.");
  if (pool !== null && tag.length > 0) {
    throw new OrchError("invalid", "`tag` and `pool` options cannot be used together.");
  }
}

function startedWords(from: { queues: readonly string[]; prefixes: readonly string[]; pool: string | null }): string {
  const { queues, prefixes, pool } = from;
  const names = (all: readonly string[]) => all.map((name) => `'${name}'`).join(", ");
  const source =
    pool !== null
      ? `work pool '${pool}'`
      : prefixes.length > 0
        ? `work queues that begin with ${names(prefixes)}`
        : `work queue${queues.length === 1 ? "" : "s"} ${names(queues)}`;
  return `Agent started! Looking for work from ${source}. Ctrl-C stops it.`;
}
