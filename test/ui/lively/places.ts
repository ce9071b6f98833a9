// Flows, deployments, pools and what else people make by hand, through the server's own API: a month ago.

import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { createZones } from "#domain/schedules/zone.ts";
import { type App, createApp } from "#server/app.ts";
import type { ScheduleInput } from "#wire/deployments/schedules.ts";
import { manualClock } from "../../clock.ts";
import { testSettings } from "../../settings.ts";
import { FLOWS, TEAMS } from "./words.ts";

export const DAY_MS = 86_400_000;
const DAYS = 30;

export interface Place {
  id: string;
  name: string;
  flowId: string;
  flow: string;
  created: string;
  tags: string[];
  schedule: ScheduleInput | null;
  isActive: boolean;
  queueId: string;
  queueName: string;
  parameters: Record<string, unknown>;
  /** Usual duration of a run, in seconds. */
  usual: number;
}

/** Zones whose clocks change at other times of the year. */
const ZONES = [
  ...["Europe/Berlin", "America/New_York", "America/Havana", "Australia/Sydney", "Pacific/Auckland"],
  ...["America/Santiago", "Africa/Cairo", "Africa/Casablanca", "Asia/Jerusalem"],
];

/** The first zone whose clocks change in the month before `now` or the week after it; New York's when none does. */
export function changingZone(now: number): string {
  const zones = createZones();
  const changes = (name: string) => {
    const zone = zones.get(name);
    return zone.offset(now - DAYS * DAY_MS) !== zone.offset(now + 7 * DAY_MS);
  };
  return ZONES.find(changes) ?? "America/New_York";
}

const SCHEMA = {
  title: "Parameters",
  type: "object",
  required: ["region"],
  properties: {
    region: { title: "region", type: "string", position: 0, description: "The part of the world to look at" },
    size: { title: "size", type: "integer", default: 100, position: 1 },
    dry_run: { title: "dry_run", type: "boolean", default: false, position: 2 },
    since: { title: "since", type: "string", format: "date-time", position: 3 },
    level: { title: "level", enum: ["low", "middle", "high"], default: "middle", position: 4 },
    filters: { title: "filters", type: "array", items: { $ref: "#/definitions/Filter" }, default: [], position: 5 },
  },
  definitions: {
    Filter: {
      title: "Filter",
      type: "object",
      required: ["column"],
      properties: { column: { title: "column", type: "string" }, values: { type: "array", items: { type: "string" } } },
    },
  },
};

/** The schedule of the deployment with this number: few are frequent, most are daily, some have none. */
function scheduleOf(index: number, zone: string): ScheduleInput | null {
  const minute = (index * 7) % 60;
  if (index % 12 === 0) return { interval: 600, anchor_date: "2023-01-01T00:00:00+00:00", timezone: "UTC" };
  if (index % 12 === 1) return { cron: `${minute} * * * *`, timezone: "UTC" };
  if (index % 12 === 2) return { interval: 3600, timezone: zone };
  if (index % 12 === 3)
    return { rrule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=7;BYMINUTE=30;BYSECOND=0", timezone: zone };
  if (index % 12 === 4) return { cron: "30 1 * * *", timezone: zone };
  if (index % 12 === 5) return { cron: "30 2 * * *", timezone: zone };
  if (index % 12 === 6) return { cron: "*/15 * * * *", timezone: zone };
  if (index % 12 === 7) return { cron: `${minute} 9 * * 1-5`, timezone: "Europe/Berlin" };
  if (index % 12 === 8)
    return { rrule: "FREQ=DAILY;INTERVAL=1;BYHOUR=23;BYMINUTE=45;BYSECOND=0", timezone: "Asia/Tokyo" };
  if (index % 12 === 9) return { interval: 1800, timezone: "UTC" };
  if (index % 12 === 10) return { cron: "0 6 1 * *", timezone: zone };
  return null;
}

type Send = <T = { id: string }>(method: string, path: string, body?: unknown) => Promise<T>;

function senderTo(app: App): Send {
  return async <T>(method: string, path: string, body?: unknown) => {
    const text = body === undefined ? null : JSON.stringify(body);
    const answer = await app.fetch(new Request(`http://home/api${path}`, { method, body: text }));
    const said = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${said}`);
    return (said === "" ? null : JSON.parse(said)) as T; // what the API answers
  };
}

export async function makePlaces(home: string, now: number, count: number): Promise<Place[]> {
  const settings = testSettings({ ORCH_HOME: home });
  const db = openDatabase(join(home, "orch.db"));
  const app = createApp({ db, settings, clock: manualClock(now - DAYS * DAY_MS) });
  try {
    const send = senderTo(app);
    const storage = await makeBlocks(send);
    await makePools(send);
    await makeOthers(send, storage.channel);
    return await makeDeployments(send, now, count, storage.files);
  } finally {
    await app.stop();
    await db.close();
  }
}

async function makeBlocks(send: Send): Promise<{ channel: string; files: string }> {
  const make = async (slug: string, name: string, data: Record<string, unknown>) => {
    const type = await send("GET", `/block_types/slug/${slug}`);
    const filter = { block_schemas: { block_type_id: { any_: [type.id] } } };
    const [schema] = await send<{ id: string }[]>("POST", "/block_schemas/filter", filter);
    return send("POST", "/block_documents/", { name, data, block_type_id: type.id, block_schema_id: schema?.id });
  };
  const [channel, files] = await Promise.all([
    make("slack-webhook", "team-channel", { url: "https://hooks.example.com/T0/B0/hush" }),
    make("local-file-system", "flows-folder", { basepath: "/srv/flows" }),
    make("secret", "partner-token", { value: "hush-hush" }),
    make("json", "regions", { value: { emea: ["Bonn", "Köln"], apac: ["Osaka"] } }),
    make("string", "greeting", { value: "good morning" }),
    make("s3", "raw-data", {
      bucket_path: "raw-data/incoming",
      aws_access_key_id: "AKIA0",
      aws_secret_access_key: "hush",
    }),
    make("process", "long-runs", { env: { LEVEL: "debug" } }),
  ]);
  return { channel: channel.id, files: files.id };
}

async function makePools(send: Send): Promise<void> {
  await send("POST", "/work_pools/", { name: "default-agent-pool", description: "Where most runs go" });
  await send("POST", "/work_pools/", { name: "cluster", description: "For large work", concurrency_limit: 40 });
  await send("POST", "/work_pools/", { name: "old-machines", description: "To be given up", is_paused: true });
  await send("POST", "/work_pools/default-agent-pool/queues", { name: "night" });
  await send("POST", "/work_pools/default-agent-pool/queues", { name: "nobody-home", description: "No agent asks it" });
  await send("POST", "/work_pools/default-agent-pool/queues", { name: "halted", is_paused: true });
  await send("POST", "/work_pools/cluster/queues", { name: "urgent", priority: 1 });
  await send("POST", "/work_pools/cluster/queues", { name: "one-at-a-time", concurrency_limit: 1 });
}

async function makeOthers(send: Send, channel: string): Promise<void> {
  const variables = [
    { name: "colour", value: "petrol", tags: ["brand"] },
    { name: "partner_url", value: "https://partner.example/api/v2?limit=100&sort=name", tags: [] },
    { name: "regions", value: "emea,apac,amer", tags: ["growth", "finance"] },
    ...Array.from({ length: 30 }, (_, index) => ({ name: `threshold_${index}`, value: String(index * 3), tags: [] })),
  ];
  await Promise.all(variables.map((variable) => send("POST", "/variables/", variable)));
  const limits = { database: 4, "partner-api": 1, gpu: 0 };
  await Promise.all(
    Object.entries(limits).map(([tag, concurrency_limit]) =>
      send("POST", "/concurrency_limits/", { tag, concurrency_limit }),
    ),
  );
  const policy = { block_document_id: channel, is_active: true };
  await send("POST", "/flow_run_notification_policies/", {
    ...policy,
    state_names: ["Failed", "Crashed"],
    tags: ["finance"],
  });
  await send("POST", "/flow_run_notification_policies/", {
    ...policy,
    state_names: ["Late"],
    tags: [],
    is_active: false,
  });
  const filter = { object: "flow_run", property: "state", type: "state", operation: "any", value: ["FAILED"] };
  await send("PUT", "/saved_searches/", { name: "only-failures", filters: [filter] });
}

/** The pool and queue of the deployment with this number. */
function queueOf(index: number): { work_pool_name: string; work_queue_name: string } {
  const pools = { work_pool_name: "default-agent-pool", work_queue_name: "default" };
  if (index % 10 === 3) return { ...pools, work_queue_name: "night" };
  if (index % 10 === 5) return { work_pool_name: "cluster", work_queue_name: "urgent" };
  if (index % 10 === 7) return { work_pool_name: "cluster", work_queue_name: "default" };
  return pools;
}

async function makeDeployments(send: Send, now: number, count: number, files: string): Promise<Place[]> {
  const flows = await Promise.all(FLOWS.map((name) => send("POST", "/flows/", { name })));
  const zone = changingZone(now);
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const flow = index % FLOWS.length;
      const team = TEAMS[index % TEAMS.length] ?? "data";
      const flow_id = flows[flow]?.id ?? "";
      const given = {
        ...{ name: `${team}-${index}`, flow_id, tags: [team, index % 4 === 0 ? "prod" : "test"] },
        ...{ entrypoint: `flows/${FLOWS[flow]}.ts:run`, path: "/srv/flows", version: `v${1 + (index % 9)}` },
        ...queueOf(index),
        schedule: scheduleOf(index, zone),
        is_schedule_active: index % 9 !== 8,
        parameters: { region: index % 2 ? "emea" : "apac", size: 100 + index },
        parameter_openapi_schema: SCHEMA,
        description:
          index % 3
            ? null
            : `Runs **${FLOWS[flow]}** for the ${team} team.\n\n- asks the partner\n- writes to \`orders\``,
        storage_document_id: index % 8 ? null : files,
        infra_overrides: index % 5 ? {} : { env: { LEVEL: "debug", REGION: "emea" } },
      };
      interface Answered {
        id: string;
        created: string;
        schedule: ScheduleInput | null;
      }
      const { id, created, schedule } = await send<Answered>("POST", "/deployments/", given);
      const { work_pool_name: pool, work_queue_name: queueName } = given;
      const queue = await send("GET", `/work_pools/${pool}/queues/${queueName}`);
      return {
        ...{ id, name: given.name, flowId: flow_id, flow: FLOWS[flow] ?? "", created, schedule, queueName },
        ...{ tags: given.tags, isActive: given.is_schedule_active, queueId: queue.id, parameters: given.parameters },
        usual: [0.4, 1.2, 8, 45, 190, 900][index % 6] ?? 1,
      };
    }),
  );
}
