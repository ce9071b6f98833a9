// Our endpoints against the old server's, by way of its OpenAPI document (test/fixtures/api.json).
import { expect, test } from "bun:test";
import * as v from "valibot";
import { isObject } from "#lib/json.ts";
import type { Endpoint } from "#wire/endpoint.ts";
import { ENDPOINTS } from "#wire/index.ts";
import api from "../fixtures/api.json";

interface OldOperation {
  requestBody?: { content: { "application/json": { schema: OldSchema } } };
  responses: Record<string, unknown>;
}
interface OldSchema {
  $ref?: string;
  properties?: Record<string, unknown>;
  additionalProperties?: unknown;
}

const paths = api.paths as unknown as Record<string, Record<string, OldOperation>>; // the document's own shape
const schemas = api.components.schemas as unknown as Record<string, OldSchema>; // as above

/** Routes of orch's own, beside the old API. */
const isOurs = (path: string) => path.startsWith("/orch/") || path === "/ready";

const shared = ENDPOINTS.filter(({ endpoint }) => !isOurs(endpoint.path) && endpoint.since === 10);

function oldOperation(endpoint: Endpoint): OldOperation | undefined {
  return paths[endpoint.path]?.[endpoint.method.toLowerCase()];
}

for (const { name, endpoint } of shared) {
  test(`${name} is ${endpoint.method} ${endpoint.path} of the old server, with its statuses`, () => {
    const old = oldOperation(endpoint);
    expect(old).toBeDefined();
    const statuses = Object.keys(old?.responses ?? {}).filter((status) => status.startsWith("2"));
    expect(endpoint.statuses.map(String).toSorted()).toEqual(statuses.toSorted());
  });
}

for (const { name, endpoint } of shared) {
  const reference = oldOperation(endpoint)?.requestBody?.content["application/json"].schema.$ref;
  const old = reference ? schemas[reference.split("/").at(-1) ?? ""] : undefined;
  if (!endpoint.body || !old?.properties) continue;
  const known = Object.keys(old.properties);

  test(`${name} takes the fields ${known.join(", ") || "(none)"}`, () => {
    expect(entriesOf(endpoint)).toEqual(expect.arrayContaining(known));
  });

  test(`${name} ${old.additionalProperties === false ? "refuses" : "ignores"} a field it does not know`, () => {
    const issues = v.safeParse(endpoint.body?.() ?? v.never(), { surely_unknown: 1 }).issues ?? [];
    const refused = issues.some((issue) => issue.expected === "never");
    expect(refused).toBe(old.additionalProperties === false);
  });
}

function entriesOf(endpoint: Endpoint): string[] {
  const schema: unknown = endpoint.body?.();
  return isObject(schema) && isObject(schema["entries"]) ? Object.keys(schema["entries"]) : [];
}
