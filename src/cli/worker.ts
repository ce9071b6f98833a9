// `orch worker start`: an agent of one work pool, which takes its jobs from the pool's template and shows that it lives.
import type { Client } from "#client/client.ts";
import { USUAL_TYPE, WORKER_TYPES } from "#domain/work-pool-types.ts";
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { readWorkPool, type WorkPool } from "#wire/pools/work-pools.ts";
import { command, type Io } from "./kit/command.ts";
import { wholeNumber } from "./options/numbers.ts";

const TYPES = `${WORKER_TYPES.slice(0, -1).join(", ")} or ${WORKER_TYPES.at(-1)}`;

export const workerStart = command({
  description: "Start a worker that executes runs of a work pool, as processes, containers or Kubernetes Jobs.",
  examples: ["orch worker start --type process --pool my-pool", "orch worker start -p my-pool -q fast --limit 4"],
  options: {
    pool: { type: "string", alias: "p", description: "The work pool. With --type it is created if it does not exist." },
    type: { type: "string", alias: "t", description: `The type of worker: ${TYPES}. Default: the pool's type.` },
    name: { type: "string", alias: "n", description: "Name of the worker. Default: a new unique name." },
    "work-queue": {
      type: "string",
      alias: "q",
      multiple: true,
      description: "Only this work queue of the pool; may be given more than once. Created if it does not exist.",
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
  },
  async run({ options, io, loaded }) {
    const { pool, "work-queue": queues } = options;
    if (!pool) throw new OrchError("invalid", "No work pool provided! Name one with -p.");
    const { type } = options;
    if (options.name !== undefined && /[/%]/.test(options.name))
      throw new OrchError("invalid", `A worker cannot be named '${options.name}': '/' and '%' are not allowed.`);
    if (type !== undefined && !WORKER_TYPES.includes(type)) throw unknownType(type);
    const limit = wholeNumber("--limit", options.limit, 1) ?? null;
    const prefetchSeconds =
      wholeNumber("--prefetch-seconds", options["prefetch-seconds"], 0) ?? loaded.settings.ORCH_WORKER_PREFETCH_SECONDS;

    const [{ openApi }, { reachServer, runAgent }, { watchInterrupts }] = await Promise.all([
      import("./api.ts"),
      import("./agent/running-agent.ts"),
      import("./terminal/interrupts.ts"),
    ]);
    const interrupts = watchInterrupts();
    const api = await openApi(loaded.settings, { retries: 0 });
    try {
      if (!(await reachServer(api.client, io, interrupts, options["run-once"]))) return;
      const found = await checkPool(api.client, pool, type, io);
      const name = options.name ?? `${found[0]?.toUpperCase()}${found.slice(1)}Worker ${newId()}`;
      await runAgent({
        onReady: () => io.out(`Worker '${name}' started! Looking for work from work pool '${pool}'...`),
        ...{ client: api.client, url: api.url, apiKey: api.apiKey, loaded, io, queues, pool, limit, prefetchSeconds },
        ...{ once: options["run-once"], worker: { name, type: found }, interrupts },
      });
      io.out(`Worker '${name}' stopped!`);
    } finally {
      await api.close();
      interrupts.remove();
    }
  },
});

/** The type of the worker. Throws a sentence unless one can take the pool's runs. A pool that is missing is made when its type was given. */
async function checkPool(client: Client, name: string, asked: string | undefined, io: Io): Promise<string> {
  const pool = await client.call(readWorkPool, { params: { name } }).catch(async (error) => {
    if (error instanceof OrchError && error.code === "not_found" && asked !== undefined) return null;
    if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
    const { nearPool } = await import("./work-pool/named.ts");
    const hint = await nearPool(client, name);
    const sentence = `Work pool '${name}' does not exist.${hint} To make it as the worker starts, say its type: --type process.`;
    throw new OrchError("not_found", sentence, { cause: error });
  });
  const type = pool?.type ?? asked ?? "";
  if (pool && !WORKER_TYPES.includes(type)) throw otherType(pool);
  if (asked !== undefined && asked !== type) {
    throw new OrchError(
      "invalid",
      `Work pool '${name}' is of type '${type}': a worker of type '${asked}' takes no runs of it.`,
    );
  }
  if (asked === undefined) io.out(`Discovered worker type '${type}' for work pool '${name}'.`);
  return type;
}

function otherType({ name, type }: WorkPool): OrchError {
  if (type !== USUAL_TYPE) return unknownType(type);
  const sentence = `Work pool '${name}' is of type '${type}', for agents: orch agent start -p '${name}'.`;
  return new OrchError("invalid", sentence);
}

function unknownType(type: string): OrchError {
  return new OrchError("invalid", `Unable to start a worker of type '${type}': orch has workers of type ${TYPES}.`);
}
