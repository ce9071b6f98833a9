// Every request of the OpenAPI document with one odd value in its body, its query or its path.
import type { Json } from "#lib/json.ts";
import { openapiDocument } from "#server/http/openapi.ts";
import type { JsonSchema } from "#server/http/openapi-schemas.ts";
import { type OddValue, oddValuesFor } from "./odd-values.ts";
import { type Ids, type Place, schemaReader, textWith } from "./schema.ts";

export interface Case {
  /** For a failure: which request, where, what. */
  name: string;
  method: string;
  /** Below `/api`. */
  path: string;
  body: string | undefined;
}

interface Operation {
  parameters?: { name: string; in: string; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

/** Clearing and restoring the database are not for a test of all others; a stream has no end; no loop is running. */
const LEFT_OUT = /^\/api\/(admin\/database|orch\/events|ready)/;
const ODD_SEGMENTS = [
  "%",
  "%00",
  "%ed%a0%80",
  "%2e%2e",
  "..",
  "a".repeat(10_000),
  "%F0%9F%98%80",
  "null",
  " ",
  "-1",
  "%2F",
];
const ODD_QUERIES = [
  "?",
  "?a",
  "?limit=-1&offset=1e400&limit=x",
  `?x=${"y".repeat(10_000)}`,
  "?%00=%ff",
  "?flow_run_id=%",
];

/** `choose` picks from the odd values of a place: all of them, or some. */
export function casesOf(ids: Ids, choose: (values: OddValue[]) => OddValue[]): () => Generator<Case> {
  const document = openapiDocument() as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, JsonSchema> };
  }; // as openapi.ts makes it
  const reader = schemaReader(document.components.schemas);

  function* ofBody(method: string, path: string, schema: JsonSchema): Generator<Case> {
    const valid = reader.fitting(schema, ids);
    yield { name: `${method} ${path}: valid`, method, path, body: JSON.stringify(valid) };
    for (const place of reader.placesOf(schema)) {
      const item = JSON.stringify(at(valid, [...place.path, 0]) ?? "text");
      for (const odd of choose(oddValuesFor(place))) {
        yield {
          name: `${method} ${path}: ${nameOf(place)} is ${odd.name}`,
          method,
          path,
          body: textWith(valid, place.path, odd.text(item)),
        };
      }
    }
  }

  return function* () {
    const all = Object.entries(document.paths).flatMap(([full, operations]) =>
      Object.entries(operations).map(([verb, operation]) => ({ full, method: verb.toUpperCase(), ...operation })),
    );
    // What deletes things comes last.
    const inOrder = [
      ...all.filter(({ method }) => method !== "DELETE"),
      ...all.filter(({ method }) => method === "DELETE"),
    ];
    for (const { full, method, requestBody } of inOrder) {
      if (LEFT_OUT.test(full)) continue;
      const pattern = full.slice("/api".length);
      const path = pattern.replace(/\{(\w+)\}/g, (_, name) =>
        name === "id" ? ids(pattern.split("/")[1] ?? "") : "text",
      );
      const schema = requestBody?.content["application/json"]?.schema;
      if (schema) yield* ofBody(method, path, schema);
      for (const query of ODD_QUERIES)
        yield {
          name: `${method} ${path}${query.slice(0, 50)}`,
          method,
          path: path + query,
          body: schema === undefined ? undefined : "{}",
        };
      if (!pattern.includes("{")) continue;
      for (const segment of ODD_SEGMENTS) {
        const odd = pattern.replace(/\{\w+\}/g, segment);
        yield {
          name: `${method} ${odd.slice(0, 80)}`,
          method,
          path: odd,
          body: schema === undefined ? undefined : "{}",
        };
      }
    }
  };
}

function nameOf({ path, kind }: Place): string {
  return `${kind} ${path.join(".") || "body"}`;
}

function at(value: Json, path: readonly (string | number)[]): Json | undefined {
  return path.reduce<unknown>((inner, step) => Object(inner)[step], value) as Json | undefined; // of JSON
}
