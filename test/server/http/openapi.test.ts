// The document is derived: what must hold is that nothing is missing and that our own kinds of value say what they are.
import { describe, expect, test } from "bun:test";
import { openapiDocument } from "#server/http/openapi.ts";
import { ENDPOINTS } from "#wire/index.ts";
import { testApp } from "../../app.ts";

interface Operation {
  operationId: string;
  parameters: { name: string; in: string; required: boolean; schema: Record<string, unknown> }[];
  requestBody?: { required: boolean; content: Record<string, { schema: { properties: Record<string, object> } }> };
  responses: Record<string, { content?: Record<string, { schema: Record<string, unknown> }> }>;
}

const document = openapiDocument() as { openapi: string; paths: Record<string, Record<string, Operation>> }; // what it is
const { schemas } = (openapiDocument() as { components: { schemas: Record<string, object> } }).components; // as above
const operation = (method: string, path: string): Operation => {
  const found = document.paths[path]?.[method];
  if (!found) throw new Error(`no ${method} ${path}`);
  return found;
};

describe("the OpenAPI document", () => {
  test("has every endpoint, with its statuses", () => {
    for (const { name, endpoint } of ENDPOINTS) {
      const found = operation(endpoint.method.toLowerCase(), `/api${endpoint.path}`);
      expect(found.operationId).toBe(name);
      const successes = Object.keys(found.responses).filter((status) => status.startsWith("2"));
      expect(successes).toEqual(endpoint.statuses.map(String).toSorted());
    }
  });

  test("names path parameters, ids as UUIDs", () => {
    const { parameters } = operation("get", "/api/flows/{id}");
    expect(parameters.filter((parameter) => parameter.in === "path")).toEqual([
      { name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } },
    ]);
  });

  test("names query parameters, and whether they are required", () => {
    const { parameters } = operation("get", "/api/flow_run_states/");
    expect(parameters.filter((parameter) => parameter.in === "query")).toMatchObject([
      { name: "flow_run_id", in: "query", required: true, schema: { format: "uuid" } },
    ]);
  });

  test("says of our own kinds of value what they are", () => {
    expect(schemas["LogCreate"]).toMatchObject({
      type: "object",
      properties: {
        level: { type: "integer" },
        timestamp: { type: "string", format: "date-time" },
        flow_run_id: { type: "string", format: "uuid" },
      },
      required: ["name", "level", "message", "timestamp", "flow_run_id"],
      additionalProperties: false,
    });
  });

  test("refers to a shape by its name, in what is sent and in what is answered", () => {
    const { requestBody, responses } = operation("post", "/api/flow_runs/");
    const sent = requestBody?.content["application/json"]?.schema as object;
    expect(sent).toEqual({ $ref: "#/components/schemas/FlowRunCreate" });
    expect(responses["201"]?.content?.["application/json"]?.schema).toEqual({ $ref: "#/components/schemas/FlowRun" });
    expect(JSON.stringify(schemas["FlowRunCreate"])).toContain("#/components/schemas/FlowRunPolicy");
    expect(JSON.stringify(schemas["FlowRun"])).toContain('"#/components/schemas/FlowRunPolicy"');
  });

  test("says how a call can fail: by what it takes, and by whether it changes something", () => {
    const failures = (method: string, path: string) =>
      Object.keys(operation(method, path).responses).filter((status) => !status.startsWith("2"));
    expect(failures("get", "/api/hello")).toEqual(["400", "401", "403", "410", "503"]);
    expect(failures("get", "/api/flows/{id}")).toEqual(["400", "401", "403", "404", "410", "422", "503"]);
    expect(failures("post", "/api/flows/")).toEqual(["400", "401", "403", "404", "409", "410", "413", "422", "503"]);
  });

  test("filters need no body, creating does", () => {
    expect(operation("post", "/api/flows/filter").requestBody?.required).toBe(false);
    expect(operation("post", "/api/flows/").requestBody?.required).toBe(true);
  });

  test("an answer of plain text is described as such, and limits as OpenAPI 3.0 has them", () => {
    const { responses } = operation("get", "/api/flow_runs/{id}/input/{key}");
    expect(Object.keys(responses["200"]?.content ?? {})).toEqual(["text/plain"]);
    expect(responses["422"]).toBeDefined();
    expect(Object.keys(operation("get", "/api/csrf-token").responses)).toContain("422");
    // Since OpenAPI 3.1 it is the number itself.
    expect(JSON.stringify(document)).not.toMatch(/"exclusiveM(in|ax)imum":-?\d/);
  });

  test("every schema is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(JSON.stringify(document.paths)).not.toContain('"openapi"');
  });
});

describe("the pages", () => {
  for (const prefix of ["", "/api"]) {
    test(`${prefix}/openapi.json and ${prefix}/docs are there`, async () => {
      const { app, close } = testApp({ services: false });
      const json = await app.fetch(new Request(`http://h${prefix}/openapi.json`));
      expect(await json.json()).toEqual(document);
      const page = await app.fetch(new Request(`http://h${prefix}/docs`));
      expect(page.headers.get("content-type")).toContain("text/html");
      const text = await page.text();
      expect(text).toContain("/api/flow_runs/{id}/set_state");
      expect(text).toContain('<a href="#FlowRunCreate">FlowRunCreate</a>');
      expect(text).toMatch(/<code>\/api\/orch\/events<\/code>.*<code>\/metrics<\/code>/s);
      // Nothing comes from elsewhere.
      expect(text).not.toMatch(/(src|href)="https?:/);
      await close();
    });
  }
});
