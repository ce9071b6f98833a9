// `orch work-queue create`.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { createPoolQueue, DEFAULT_POOL } from "#wire/pools/work-pools.ts";
import { createWorkQueue, type WorkQueue } from "#wire/pools/work-queues.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { orchErrorIf } from "../kit/missing.ts";
import { checkNewName } from "../options/new-name.ts";
import { wholeNumber } from "../options/numbers.ts";
import { json } from "../terminal/layout.ts";
import { workPoolNamed } from "../work-pool/named.ts";
import { POOL_OPTION } from "./named.ts";

export const create = command({
  description: "Create a work queue.",
  examples: ["orch work-queue create test --limit 4", "orch work-queue create urgent -p my-pool"],
  options: {
    name: { type: "positional", required: true, description: "The queue's name." },
    limit: { type: "string", alias: "l", description: "How many of its runs may execute at the same time." },
    tag: {
      type: "string",
      alias: "t",
      multiple: true,
      description: "Deprecated: take the runs with these tags, of any queue.",
    },
    ...POOL_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { name, pool, tag: tags } = options;
    checkNewName("a work queue", name);
    const limit = wholeNumber("--limit", options.limit, 0) ?? null;
    if (tags.length > 0) io.err(io.paint.bad("Tags are deprecated: this work queue takes all runs that have them."));
    if (pool && tags.length > 0) {
      throw new OrchError("invalid", "Work queues created with tags cannot specify work pools or set priorities.");
    }
    const body = { name, concurrency_limit: limit, ...(tags.length > 0 ? { filter: { tags } } : {}) };
    const queue = await withApi(loaded.settings, ({ client }) => make(client, pool, body));
    if (options.json) return io.out(json(queue));
    for (const line of lines(queue, pool ?? DEFAULT_POOL, tags)) io.out(line);
  },
});

type NewQueue = { name: string; concurrency_limit: number | null; filter?: { tags: string[] } };

async function make(client: Client, pool: string | undefined, body: NewQueue): Promise<WorkQueue> {
  const taken = orchErrorIf("conflict", () => `Work queue with name: '${body.name}' already exists.`);
  // The flat route makes the default pool when it is first needed.
  if (!pool || pool === DEFAULT_POOL) return client.call(createWorkQueue, { body }).catch(taken);
  await workPoolNamed(client, pool);
  return client.call(createPoolQueue, { params: { work_pool_name: pool }, body }).catch(taken);
}

function lines({ name, id, concurrency_limit }: WorkQueue, pool: string, tags: readonly string[]): string[] {
  const isLegacy = tags.length > 0;
  return [
    "Created work queue with properties:",
    `    name - '${name}'`,
    ...(isLegacy ? [] : [`    work pool - '${pool}'`]),
    `    id - ${id}`,
    `    concurrency limit - ${concurrency_limit ?? "none"}`,
    ...(isLegacy ? [`    tags - ${tags.toSorted().join(", ")}`] : []),
    "Start an agent to pick up flow runs from the work queue:",
    `    orch agent start -q '${name}'${isLegacy ? "" : ` -p '${pool}'`}`,
    "",
    "Inspect the work queue:",
    `    orch work-queue inspect '${name}'${pool === DEFAULT_POOL ? "" : ` -p '${pool}'`}`,
  ];
}
