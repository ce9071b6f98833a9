// Our OpenAPI document against the old server's: every field, type, default, enum and limit, save what is listed here.
import { describe, expect, test } from "bun:test";
import { isObject } from "#lib/json.ts";
import { openapiDocument } from "#server/http/openapi.ts";
import api from "../fixtures/api.json";

type Json = Record<string, unknown>;

const object = (value: unknown): Json => (isObject(value) ? value : {});
const theirs = api as unknown as Json; // read as any document
const ours = openapiDocument();

/** What is there instead of a reference, or of one schema in `allOf`. */
function resolved(document: Json, schema: unknown): Json {
  const { allOf, $ref, ...rest } = object(schema);
  if (typeof $ref === "string") {
    const schemas = object(object(document["components"])["schemas"]);
    return resolved(document, schemas[$ref.split("/").at(-1) ?? ""]);
  }
  return Array.isArray(allOf) && allOf.length === 1
    ? { ...resolved(document, allOf[0]), ...rest }
    : { ...object(schema) };
}

/** Answers are as they are: what they are when left out, or at most, means nothing. */
const KEYS = {
  sent: ["type", "format", "enum", "default", "minimum", "maximum", "maxLength", "pattern"],
  answered: ["type", "format", "enum"],
};

interface Place {
  path: string;
  kind: keyof typeof KEYS;
  depth: number;
}

function differences({ path, kind, depth }: Place, their: unknown, own: unknown): string[] {
  if (depth > 8) return [];
  const [a, b] = [resolved(theirs, their), resolved(ours, own)];
  const found: string[] = [];
  for (const key of KEYS[kind]) {
    // Where the old document says nothing of a default, ours may.
    if (key === "default" && a[key] === undefined) continue;
    const [x, y] = [JSON.stringify(a[key]), JSON.stringify(b[key])];
    if (x !== y) found.push(`${path} ${key}: ${x}, ours ${y}`);
  }
  const [fields, mine] = [object(a["properties"]), object(b["properties"])];
  for (const name of Object.keys({ ...fields, ...mine })) {
    if (!(name in mine)) found.push(`${path}.${name} is missing`);
    else if (!(name in fields)) found.push(`${path}.${name} is ours alone`);
    else found.push(...differences({ path: `${path}.${name}`, kind, depth: depth + 1 }, fields[name], mine[name]));
  }
  if (a["items"] || b["items"]) {
    found.push(...differences({ path: `${path}[]`, kind, depth: depth + 1 }, a["items"], b["items"]));
  }
  return found;
}

function bodyOf(holder: unknown): unknown {
  return object(object(object(holder)["content"])["application/json"])["schema"];
}

function differencesOf(name: string, operation: Json, own: Json | undefined): string[] {
  if (!own) return [`${name} is missing`];
  const found = differences(
    { path: `${name} takes`, kind: "sent", depth: 0 },
    bodyOf(operation["requestBody"]),
    bodyOf(own["requestBody"]),
  );
  for (const [status, answer] of Object.entries(object(operation["responses"]))) {
    const mine = object(own["responses"])[status];
    if (mine === undefined) found.push(`${name} answers ${status} no more`);
    else if (status.startsWith("2")) {
      found.push(...differences({ path: `${name} answers`, kind: "answered", depth: 0 }, bodyOf(answer), bodyOf(mine)));
    }
  }
  for (const parameter of (operation["parameters"] ?? []) as Json[]) {
    const same = ((own["parameters"] ?? []) as Json[]).find(
      (mine) => mine["name"] === parameter["name"] && mine["in"] === parameter["in"],
    );
    const path = `${name} parameter ${parameter["name"]}`;
    if (!same) found.push(`${path} is missing`);
    else found.push(...differences({ path, kind: "sent", depth: 0 }, parameter["schema"], same["schema"]));
  }
  return found;
}

/** Fields that 2.10.4 did not have. */
const LATER = RegExp(
  `\\.(${[
    ...["run_input_keyset", "retriable", "transition_id", "task_parameters_id", "run_input"],
    ...["parent_flow_run_id", "idempotency_key", "flow_run_id", "paused", "name\\.like_", "work_queue_name"],
    ...["schedules", "job_variables", "enforce_parameter_schema", "heartbeat_interval_seconds"],
  ].join("|")}) is ours alone$`,
);

/** All that differs on purpose. An entry that no longer matches anything fails. */
const EXPECTED: [pattern: RegExp, because: string][] = [
  [/^GET \/admin\/settings answers/, "only settings that have a meaning here are shown"],
  [/type: undefined, ours "/, "ours says the type where the old document leaves it open"],
  [/input_type type: "string", ours undefined$/, "ours says the one text that it is"],
  [/(maxLength|pattern|minimum): undefined, ours/, "ours says the rules that the old server only enforced"],
  [/^PATCH .* default: .*, ours undefined$/, "what a change leaves out stays as it is, so there is no default"],
  [/takes\.(worker_pool|work_pool_queue)_\w+ is ours alone$/, "older clients send it, and it is dropped unread"],
  [/^POST \/logs\/ takes\[\]\.id is ours alone$/, "a line that is sent again is known by it"],
  [/deployments\/\S* takes\.run_policy is ours alone$/, "what overlapping and missed runs become is a policy of orch"],
  [/set_state takes\.result_metadata is ours alone$/, "the engine says what people are shown of a result"],
  [/_runs\.id\.startswith_ is ours alone$/, "commands take the beginning of a run's id"],
  [LATER, "clients of Prefect 2.11 to 2.20 send and read it"],
  [/parameter id format: undefined, ours "uuid"$/, "anything else is refused, with 422 in the place of 500"],
  [/answers enum: undefined, ours \[null\]$/, "the answer is null"],
  [/(logo|documentation)_url format: "uri", ours undefined$/, "it is checked when it comes in"],
  [/^PATCH .*takes\.value maxLength: 255, ours 5000$/, "a variable may be changed to all that it may be made with"],
  [/parameter x-prefect-ui is missing$/, "it is read as any header is, and changes nothing in the answer"],
  [/^\w+ \S+ answers 422 no more$/, "there is nothing that could be wrong with such a request"],
];

const found = Object.entries(object(theirs["paths"])).flatMap(([path, methods]) =>
  Object.entries(object(methods)).flatMap(([method, operation]) => {
    const own = object(object(ours["paths"])[`/api${path}`])[method] as Json | undefined;
    return differencesOf(`${method.toUpperCase()} ${path}`, object(operation), own);
  }),
);

describe("our document differs from the old server's", () => {
  test("in nothing that is not written down", () => {
    expect(found.filter((line) => !EXPECTED.some(([pattern]) => pattern.test(line)))).toEqual([]);
  });

  for (const [pattern, because] of EXPECTED) {
    test(`because ${because}: ${pattern.source}`, () => {
      expect(found.filter((line) => pattern.test(line)).length).toBeGreaterThan(0);
    });
  }
});

test("every reference leads to a shape", () => {
  const names = [...JSON.stringify(ours).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name = ""]) => name);
  const schemas = object(object(ours["components"])["schemas"]);
  expect([...new Set(names)].filter((name) => !isObject(schemas[name]))).toEqual([]);
  expect(names.length).toBeGreaterThan(100);
});
