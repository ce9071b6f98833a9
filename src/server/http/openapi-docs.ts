// The API's reference for people: one page without anything from elsewhere.
import { listenToEvents } from "#wire/events.ts";
import type { JsonSchema } from "./openapi-schemas.ts";
import { METRICS_PATH } from "./request-counts.ts";

interface Operation {
  operationId: string;
  tags: string[];
  parameters: { name: string; in: string; required: boolean; schema: JsonSchema }[];
  requestBody?: { content: { "application/json": { schema: JsonSchema } } };
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
}
type Paths = Record<string, Record<string, Operation>>;

export function docsPage(document: JsonSchema): string {
  const byTag = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(document["paths"] as Paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0] ?? "";
      byTag.set(tag, [...(byTag.get(tag) ?? []), operationHtml(method.toUpperCase(), path, operation)]);
    }
  }
  const { schemas } = document["components"] as { schemas: Record<string, JsonSchema> };
  const shapes = Object.entries(schemas).map(
    ([name, schema]) => `<details id="${name}"><summary><code>${name}</code></summary>${shapeHtml(schema)}</details>`,
  );
  const links = [...byTag.keys(), "other", "shapes"].map((tag) => `<a href="#${tag}">${tag}</a>`).join(" ");
  const sections = [...byTag].map(([tag, operations]) => `<h2 id="${tag}">${tag}</h2>${operations.join("\n")}`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>orch REST API</title><style>${STYLE}</style>
<h1>orch REST API</h1><p>For programs: <a href="/openapi.json">/openapi.json</a></p><nav>${links}</nav>
${sections.join("\n")}${besideHtml()}<h2 id="shapes">shapes</h2>${shapes.join("\n")}</html>`;
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem}summary{cursor:pointer;padding:.15rem 0}pre{overflow:auto;margin:.3rem 0 1rem 1rem}
b{display:inline-block;min-width:4.5rem}small{opacity:.7}`;

/** What is asked by GET and answered with something other than JSON: the document for programs has no words for it. */
const BESIDE: [path: string, sentence: string][] = [
  [
    `/api${listenToEvents.path}`,
    "Server-sent events: flow-run-state, task-run-state, and of records that were created, changed or deleted: work-queue, work-pool, deployment, flow, variable, block-document, notification-policy, concurrency-limit; flow-run tells of runs that were deleted; with flow_run_id=… the states and each log of that run alone. Continues after Last-Event-ID, or last_event_id in the query, also with what was deleted meanwhile; past_ms=… lets a first connection begin so many milliseconds ago; reset means that too much has happened since then: read again what you show. Events within 5 ms of it may be sent again: they have an id in their data.",
  ],
  [METRICS_PATH, "What Prometheus collects."],
];

function besideHtml(): string {
  const parts = BESIDE.map(
    ([path, sentence]) =>
      `<details><summary><b>GET</b> <code>${path}</code></summary><p>${escaped(sentence)}</p></details>`,
  );
  return `<h2 id="other">Other endpoints</h2>${parts.join("\n")}`;
}

function operationHtml(
  method: string,
  path: string,
  { operationId, parameters, requestBody, responses }: Operation,
): string {
  const taken = parameters
    .filter((parameter) => parameter.in !== "header")
    .map(({ name, schema }) => `${name} (${String(schema["format"] ?? schema["type"])})`);
  const sent = requestBody ? `<p>takes</p>${shapeHtml(requestBody.content["application/json"].schema)}` : "";
  const answers = Object.entries(responses)
    .filter(([status]) => status.startsWith("2"))
    .map(
      ([status, { content }]) =>
        `<p>answers ${status}</p>${Object.values(content ?? {}).map(({ schema }) => shapeHtml(schema))}`,
    );
  return `<details><summary><b>${method}</b> <code>${escaped(path)}</code> <small>${operationId}</small></summary>
${taken.length > 0 ? `<p>${escaped(taken.join(", "))}</p>` : ""}${sent}${answers.join("")}</details>`;
}

/** References become links to the shapes below. */
function shapeHtml(schema: JsonSchema): string {
  const text = escaped(JSON.stringify(schema, null, 2));
  return `<pre>${text.replace(/&quot;#\/components\/schemas\/(\w+)&quot;/g, '<a href="#$1">$1</a>')}</pre>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
