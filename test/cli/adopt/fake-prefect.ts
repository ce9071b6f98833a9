// Plays the API of a Prefect server: objects in memory, lists with a limit, and whatever a test does between two requests.

export type Item = Record<string, unknown>;

export interface FakePrefect {
  /** Ends in `/api`. */
  url: string;
  /** By path: `/flows/filter`. A list is answered page by page, as it is at that moment. */
  lists: Record<string, Item[]>;
  /** Of each run its states, by the run's id. */
  states: Record<string, Item[]>;
  /** All requests but those for one object: `POST /flows/filter {…}`. */
  asked: string[];
  version: string;
  /** The most that a list gives at once. */
  limit: number;
  /** When set, requests without it are refused. */
  key: string | undefined;
  /** Of each flow run its inputs, by the run's id. They have keys, and a limit that the request names. */
  inputs: Record<string, Item[]>;
  /** Ids of objects that it fails with: an answer that would have one of them is a 500. */
  unsendable: Set<unknown>;
  /** Called before each answer; an answer of its own is given instead. */
  before(path: string, body: Item): Response | Promise<Response> | undefined;
  stop(): void;
}

export function createFakePrefect(): FakePrefect {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  const fake: FakePrefect = {
    url: `http://127.0.0.1:${server.port}/api`,
    ...{ lists: {}, states: {}, inputs: {}, asked: [], version: "2.10.4", limit: 200, key: undefined },
    unsendable: new Set(),
    before: () => undefined,
    stop: () => server.stop(true),
  };

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const path = pathname.replace(/^\/api/, "");
    const text = await request.text();
    fake.asked.push(`${request.method} ${path} ${text}`);
    if (fake.key && request.headers.get("authorization") !== `Bearer ${fake.key}`)
      return new Response("{}", { status: 401 });
    const body: Item = text === "" ? {} : JSON.parse(text);
    const other = fake.before(path, body);
    if (other) return other;
    if (path === "/admin/version") return Response.json(fake.version);
    const states = searchParams.get("flow_run_id") ?? searchParams.get("task_run_id");
    if (states !== null) return sent(fake.states[states] ?? []);
    const [, kind = "", one] = (request.method === "GET" && /^\/(\w+)\/([^/]+)$/.exec(path)) || [];
    if (one !== undefined) {
      const found = fake.lists[`/${kind}/filter`]?.find(({ id }) => id === one);
      return found ? sent(found) : missing();
    }
    if (request.method !== "POST") return missing();
    const inputsOf = /^\/flow_runs\/([^/]+)\/input\/filter$/.exec(path)?.[1];
    if (inputsOf !== undefined) return inputs(inputsOf, body);
    if (path.endsWith("/count")) return counted(path.replace(/count$/, "filter"), body);
    return path.endsWith("/filter") ? listed(path, body) : missing();
  }

  function sent(answer: Item | Item[]): Response {
    const isSendable = [answer].flat().every(({ id }) => !fake.unsendable.has(id));
    return isSendable ? Response.json(answer) : Response.json({ exception_message: "Internal" }, { status: 500 });
  }

  function inputs(run: string, { limit, exclude_keys }: Item): Response {
    const excluded = new Set(exclude_keys as string[]);
    const all = (fake.inputs[run] ?? []).filter(({ key }) => !excluded.has(String(key)));
    return sent(all.slice(0, Number(limit)));
  }

  function counted(path: string, body: Item): Response {
    if (!COUNTED.has(path)) return missing();
    return Response.json((fake.lists[path] ?? []).filter((item) => matches(item, body)).length);
  }

  function listed(path: string, body: Item): Response {
    if (!LISTS.has(path) && !fake.lists[path]) return missing();
    const all = (fake.lists[path] ?? []).filter((item) => matches(item, body));
    const offset = Number(body["offset"] ?? 0);
    const limit = Number(body["limit"] ?? fake.limit);
    if (limit > fake.limit) return Response.json({ detail: "Invalid limit" }, { status: 422 });
    return sent(all.slice(offset, offset + limit));
  }

  return fake;
}

const missing = () => Response.json({ detail: "Not Found" }, { status: 404 });

/** What every server has. */
const LISTS = new Set(
  [
    ...["flows", "deployments", "flow_runs", "task_runs", "logs", "artifacts", "artifacts/latest", "block_types"],
    ...["block_schemas", "block_documents", "variables", "saved_searches", "concurrency_limits", "work_pools"],
    ...["work_queues", "flow_run_notification_policies"],
  ].map((name) => `/${name}/filter`),
);

/** What servers of 2.10 count. */
const COUNTED = new Set(
  ["flows", "deployments", "flow_runs", "task_runs", "artifacts", "artifacts/latest", "variables"].map(
    (name) => `/${name}/filter`,
  ),
);

interface Filters {
  flow_runs?: { id?: { any_: unknown[] }; expected_start_time?: { after_: string } };
  logs?: { timestamp: { after_: string } };
  block_documents?: { is_anonymous: { eq_: boolean } };
}

/** As much of the filters as is sent. */
function matches(item: Item, filters: Filters): boolean {
  const { flow_runs, logs, block_documents } = filters;
  if (flow_runs?.id) return flow_runs.id.any_.includes(item["flow_run_id"]);
  if (flow_runs?.expected_start_time)
    return String(item["expected_start_time"]) >= flow_runs.expected_start_time.after_.slice(0, 19);
  if (logs) return String(item["timestamp"]) >= logs.timestamp.after_;
  return !block_documents || item["is_anonymous"] === block_documents.is_anonymous.eq_;
}
