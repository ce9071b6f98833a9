// Keys that every object inherits are keys like any other: kept where users choose them, unknown where the API names them.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../app.ts";
import { makeFlow, makeFlowRun } from "../../factory.ts";

const OBJECT =
  '{"__proto__":{"x":1},"constructor":{"prototype":2},"prototype":3,"hasOwnProperty":4,"toString":5,"a":{"__proto__":6,"b":[{"__proto__":7}]}}';
const TEXTS = '{"a":"1","__proto__":"2","prototype":"3","constructor":"4","toString":"5"}';

let app: TestApp;
let flowId: string;
beforeEach(async () => {
  app = testApp();
  flowId = (await makeFlow(app)).id;
});
afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(INHERITED);
  return app.close();
});
const INHERITED = Object.getOwnPropertyNames(Object.prototype).sort();

async function send(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
  const response = await app.app.fetch(new Request(`http://h/api${path}`, { method, body: body ?? null }));
  return { status: response.status, text: await response.text() };
}

/** As JSON text whose keys are in order, so that no reader of this test stands between. */
function field(text: string, name: string): string {
  return sorted(JSON.parse(text)[name]);
}

function sorted(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${sorted(inner)}`).join()}}`;
}

describe("R20: JSON comes back with the keys it had", () => {
  const places: [path: string, name: string, others: string][] = [
    ["/flow_runs/", "parameters", '"flow_id":"FLOW"'],
    ["/flow_runs/", "context", '"flow_id":"FLOW"'],
    ["/deployments/", "parameters", '"flow_id":"FLOW","name":"d"'],
    ["/deployments/", "parameter_openapi_schema", '"flow_id":"FLOW","name":"d"'],
    ["/deployments/", "infra_overrides", '"flow_id":"FLOW","name":"d"'],
    ["/artifacts/", "data", '"key":"k"'],
  ];
  test.each(places)("%s %s", async (path, name, others) => {
    const { status, text } = await send("POST", path, `{${others.replace("FLOW", flowId)},"${name}":${OBJECT}}`);
    expect([status, field(text, name)]).toEqual([201, sorted(JSON.parse(OBJECT))]);
    const read = await send("GET", `${path}${JSON.parse(text).id}`);
    expect(field(read.text, name)).toBe(sorted(JSON.parse(OBJECT)));
  });

  test("/artifacts/ metadata_", async () => {
    const { text } = await send("POST", "/artifacts/", `{"key":"k","metadata_":${TEXTS}}`);
    expect(field(text, "metadata_")).toBe(sorted(JSON.parse(TEXTS)));
    const wrong = await send("POST", "/artifacts/", '{"key":"k","metadata_":{"__proto__":{}}}');
    expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('"metadata_","__proto__"')]);
  });

  test("/task_runs/ task_inputs", async () => {
    const run = await makeFlowRun(app);
    const inputs = '{"__proto__":[{"input_type":"parameter","name":"q"}],"a":[],"constructor":[]}';
    const fields = `"flow_run_id":"${run.id}","task_key":"t","dynamic_key":"1"`;
    const { text } = await send("POST", "/task_runs/", `{${fields},"task_inputs":${inputs}}`);
    expect(field(text, "task_inputs")).toBe(sorted(JSON.parse(inputs)));
  });

  test("the data of a state", async () => {
    const run = await makeFlowRun(app);
    const path = `/flow_runs/${run.id}/set_state`;
    const { text } = await send("POST", path, `{"state":{"type":"RUNNING","data":${OBJECT}}}`);
    expect(sorted(JSON.parse(text).state.data)).toBe(sorted(JSON.parse(OBJECT)));
  });
});

describe("R20: blocks", () => {
  async function makeType(fields: string): Promise<{ type: string; schema: string }> {
    const type = JSON.parse((await send("POST", "/block_types/", '{"name":"T","slug":"t"}')).text).id;
    const { text } = await send("POST", "/block_schemas/", `{"block_type_id":"${type}","fields":${fields}}`);
    return { type, schema: JSON.parse(text).id };
  }
  const makeBlock = async ({ type, schema }: { type: string; schema: string }, data: string, name = "b") => {
    const ids = `"block_type_id":"${type}","block_schema_id":"${schema}"`;
    return send("POST", "/block_documents/", `{"name":"${name}",${ids},"data":${data}}`);
  };
  const dataOf = async (id: string, secrets: boolean) =>
    field((await send("GET", `/block_documents/${id}?include_secrets=${secrets}`)).text, "data");

  test("data comes back, also when a change is merged into it", async () => {
    const block = await makeBlock(await makeType('{"type":"object"}'), OBJECT);
    const { id } = JSON.parse(block.text);
    expect(await dataOf(id, true)).toBe(sorted(JSON.parse(OBJECT)));
    await send("PATCH", `/block_documents/${id}`, '{"data":{"a":{},"__proto__":8},"merge_existing_data":true}');
    const merged = OBJECT.replace('{"x":1}', "8").replace(/"a":.*/, '"a":{}}');
    expect(await dataOf(id, true)).toBe(sorted(JSON.parse(merged)));
  });

  test("a secret field named __proto__.toString hides what the data has there, and nothing else", async () => {
    const secret = '{"type":"object","secret_fields":["__proto__.toString","constructor","__proto__.*"]}';
    const type = await makeType(secret);
    const plain = JSON.parse((await makeBlock(type, '{"a":1}')).text);
    expect(await dataOf(plain.id, false)).toBe('{"a":1}');
    const hidden = JSON.parse((await makeBlock(type, '{"__proto__":{"toString":"s"},"constructor":"c"}', "c")).text);
    expect(await dataOf(hidden.id, false)).toBe('{"__proto__":{"toString":"********"},"constructor":"********"}');
  });

  test("R9: a block that is made of too many others is refused, and one that is stored is read in part", async () => {
    const type = await makeType('{"type":"object"}');
    let inner = JSON.parse((await makeBlock(type, '{"a":1}', "b0")).text).id;
    const statuses: number[] = [];
    for (let level = 1; level <= 9; level += 1) {
      const ref = `{"$ref":{"block_document_id":"${inner}"}}`;
      const made = await makeBlock(type, `{"one":${ref},"two":${ref}}`, `b${level}`);
      statuses.push(made.status);
      if (made.status === 201) inner = JSON.parse(made.text).id;
      else expect(made.text).toContain("A block cannot be made of more than 200 other blocks.");
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 201, 422, 422, 422]);
    await app.db.write((tx) =>
      tx.run(
        "update block_document_reference set reference_block_document_id = ? where name = 'two' and parent_block_document_id <> ?",
        ...[inner, inner],
      ),
    );
    const { status, text } = await send("GET", `/block_documents/${inner}`);
    expect([status, text.length < 1_000_000]).toEqual([200, true]);
  });
});

test("R20: inherited names are no fields, sorts, states, zones or short forms", async () => {
  const deployment = (schedule: string) => `{"flow_id":"${flowId}","name":"d","schedule":${schedule}}`;
  const bodies: [path: string, body: string][] = ["constructor", "__proto__", "toString"].flatMap(
    (name): [string, string][] => [
      ["/flow_runs/filter", `{"sort":"${name}"}`],
      ["/flow_runs/filter", `{"flow_runs":{"${name}":{"any_":["x"]}}}`],
      ["/logs/filter", `{"sort":"${name}"}`],
      ["/deployments/", deployment(`{"cron":"${name}"}`)],
      ["/deployments/", deployment(`{"rrule":"${name}=1"}`)],
      ["/deployments/", deployment(`{"cron":"* * * * *","timezone":"${name}"}`)],
      ["/flow_runs/", `{"flow_id":"${flowId}","state":{"type":"${name}"}}`],
    ],
  );
  for (const [path, body] of bodies) {
    const { status } = await send("POST", path, body);
    expect([path, body, status]).toEqual([path, body, 422]);
  }
});
