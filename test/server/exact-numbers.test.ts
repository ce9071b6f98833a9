// Numbers of clients, digit by digit through the API and the database.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type TestApp, testApp } from "../app.ts";
import { makeDeployment, makeFlow, makeFlowRun } from "../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

/** Everything that JSON.parse and JSON.stringify would change. */
const NUMBERS =
  '{"id":9007199254740993,"far":-12345678901234567890,"long":1152921504606847001,"huge":1E400,"one":1.0,"zero":-0.0,"small":0.1,"e":1e5}';
const DEEP = `{"list":[{"a":${NUMBERS}}]}`;

/** The answer as text. */
async function text(method: string, path: string, body?: string): Promise<string> {
  const headers = { "content-type": "application/json" };
  const response = await app.app.fetch(new Request(`http://test/api${path}`, { method, headers, body: body ?? null }));
  const answer = await response.text();
  if (response.status >= 300) throw new Error(`${response.status} ${answer}`);
  return answer;
}

/** The text of one field of an answer. */
function field(answer: string, name: string): string {
  const at = answer.indexOf(`"${name}":`) + name.length + 3;
  let depth = 0;
  for (let end = at; end < answer.length; end += 1) {
    if ("{[".includes(answer[end] ?? "")) depth += 1;
    if ("}]".includes(answer[end] ?? "")) depth -= 1;
    if (depth === 0) return answer.slice(at, end + 1);
  }
  return "";
}

const idOf = (answer: string): string => JSON.parse(answer).id;

describe("T6: the digits come back", () => {
  test("of a flow run's parameters and context", async () => {
    const flow = await makeFlow(app);
    const made = await text(
      "POST",
      "/flow_runs/",
      `{"flow_id":"${flow.id}","parameters":${DEEP},"context":${NUMBERS}}`,
    );
    const again = await text("GET", `/flow_runs/${idOf(made)}`);
    for (const answer of [made, again])
      expect([field(answer, "parameters"), field(answer, "context")]).toEqual([DEEP, NUMBERS]);
    expect(await text("POST", "/flow_runs/filter", "{}")).toContain(NUMBERS);
    await text("PATCH", `/flow_runs/${idOf(made)}`, `{"parameters":{"p":${NUMBERS}}}`);
    expect(field(await text("GET", `/flow_runs/${idOf(made)}`), "parameters")).toBe(`{"p":${NUMBERS}}`);
  });

  test("of a deployment and of its runs, where both have parameters", async () => {
    const flow = await makeFlow(app);
    const body = `{"name":"d","flow_id":"${flow.id}","parameters":{"a":9007199254740993,"b":1.0},"infra_overrides":${NUMBERS},"parameter_openapi_schema":{"properties":{"x":{"default":9007199254740993}}},"pull_steps":[${NUMBERS}]}`;
    const id = idOf(await text("POST", "/deployments/", body));
    const answer = await text("GET", `/deployments/${id}`);
    expect(field(answer, "infra_overrides")).toBe(NUMBERS);
    expect(answer).toContain('"default":9007199254740993');
    expect(field(answer, "pull_steps")).toBe(`[${NUMBERS}]`);
    const run = await text("POST", `/deployments/${id}/create_flow_run`, '{"parameters":{"c":12345678901234567890}}');
    expect(field(run, "parameters")).toBe('{"a":9007199254740993,"b":1.0,"c":12345678901234567890}');
    await text("PATCH", `/deployments/${id}`, `{"parameters":${DEEP}}`);
    expect(field(await text("GET", `/deployments/${id}`), "parameters")).toBe(DEEP);
  });

  test("of the runs that a schedule makes", async () => {
    const deployment = await makeDeployment(app, { schedule: { interval: 3600 } });
    await text("PATCH", `/deployments/${deployment.id}`, `{"parameters":${NUMBERS}}`);
    await text("POST", `/deployments/${deployment.id}/schedule`, "{}");
    expect(await text("POST", "/flow_runs/filter", "{}")).toContain(`"parameters":${NUMBERS}`);
  });

  test("of a state's data and an artifact's", async () => {
    const run = await makeFlowRun(app);
    const body = `{"state":{"type":"COMPLETED","data":${NUMBERS}},"force":true}`;
    expect(await text("POST", `/flow_runs/${run.id}/set_state`, body)).toContain(`"data":${NUMBERS}`);
    expect(await text("GET", `/flow_runs/${run.id}`)).toContain(`"data":${NUMBERS}`);
    const artifact = await text("POST", "/artifacts/", `{"key":"a","type":"table","data":${DEEP}}`);
    expect(field(await text("GET", `/artifacts/${idOf(artifact)}`), "data")).toBe(DEEP);
    await text("PATCH", `/artifacts/${idOf(artifact)}`, '{"data":9007199254740993}');
    expect(await text("GET", `/artifacts/${idOf(artifact)}`)).toContain('"data":9007199254740993');
  });

  test("of a work pool's template", async () => {
    const template = `{"job_configuration":{"x":9007199254740993,"y":"{{ z }}"},"variables":{"properties":{"z":{"default":1.0}}}}`;
    await text("POST", "/work_pools/", `{"name":"p","base_job_template":${template}}`);
    expect(field(await text("GET", "/work_pools/p"), "base_job_template")).toBe(template);
  });

  test("of a block's schema and its data, hidden or not", async () => {
    await text("POST", "/block_types/", '{"name":"Own","slug":"own"}');
    const type = idOf(await text("GET", "/block_types/slug/own"));
    const fields =
      '{"title":"Own","type":"object","properties":{"n":{"type":"integer","default":9007199254740993,"maximum":3.0}},"block_type_slug":"own","secret_fields":["secret"]}';
    const schema = await text("POST", "/block_schemas/", `{"block_type_id":"${type}","fields":${fields}}`);
    expect(schema).toContain('"default":9007199254740993,"maximum":3.0');
    const made = await text(
      "POST",
      "/block_documents/",
      `{"name":"a","block_type_id":"${type}","block_schema_id":"${idOf(schema)}","data":{"n":12345678901234567890,"secret":"x","deep":${NUMBERS}}}`,
    );
    const data = (secret: string) => `{"n":12345678901234567890,"secret":"${secret}","deep":${NUMBERS}}`;
    expect(field(await text("GET", `/block_documents/${idOf(made)}`), "data")).toBe(data("********"));
    expect(field(await text("GET", `/block_documents/${idOf(made)}?include_secrets=true`), "data")).toBe(data("x"));
  });
});

describe("T6: where the API computes, a number is a number", () => {
  test("an integer may be written as a float", async () => {
    const flow = await makeFlow(app);
    const body = `{"flow_id":"${flow.id}","empirical_policy":{"retries":2.0,"retry_delay":1e1,"resuming":1.0}}`;
    expect(JSON.parse(await text("POST", "/flow_runs/", body)).empirical_policy).toMatchObject({
      retries: 2,
      retry_delay: 10,
      resuming: true,
    });
  });

  test("text may be written as a number, which keeps its digits", async () => {
    const flow = await makeFlow(app);
    const body = `{"name":"d","flow_id":"${flow.id}","version":1.0,"tags":[12345678901234567890]}`;
    expect(JSON.parse(await text("POST", "/deployments/", body))).toMatchObject({
      version: "1.0",
      tags: ["12345678901234567890"],
    });
  });

  const REFUSED: [what: string, body: string, words: string][] = [
    ["an integer beyond what is stored", '{"empirical_policy":{"retries":9007199254740993}', "less than or equal to"],
    ["an infinite one", '{"empirical_policy":{"retries":1E400}', "not a valid integer"],
    ["NaN", '{"parameters":{"x":NaN}', "Expecting value"],
    ["a number where a shape belongs", '{"state":1.0', "value is not a valid dict"],
    [
      "a list with digits where a flag belongs",
      '{"state":{"type":"PENDING","state_details":{"untrackable_result":[[5.762624436323183e+16]]}}',
      "could not be parsed to a boolean",
    ],
    ["a list with digits where a text belongs", '{"name":[1.0]', "str type expected"],
    ["a list with digits where an id belongs", '{"deployment_id":[1.0]', "not a valid uuid"],
    [
      "a list with digits where a moment belongs",
      '{"state":{"type":"PENDING","timestamp":[1.0]}',
      "Unrecognized datetime",
    ],
    ["a number where an object belongs", '{"parameters":1.0', "value is not a valid dict"],
  ];
  for (const [what, body, words] of REFUSED) {
    test(`${what} is a 422`, async () => {
      const flow = await makeFlow(app);
      await expect(text("POST", "/flow_runs/", `${body},"flow_id":"${flow.id}"}`)).rejects.toThrow(/^422 /);
      await expect(text("POST", "/flow_runs/", `${body},"flow_id":"${flow.id}"}`)).rejects.toThrow(words);
    });
  }

  test("a job variable fits its type, digits and all", async () => {
    const template =
      '{"job_configuration":{"n":"{{ n }}"},"variables":{"properties":{"n":{"type":"integer","minimum":1}}}}';
    await text("POST", "/work_pools/", `{"name":"p","base_job_template":${template}}`);
    const flow = await makeFlow(app);
    const deploy = (n: string) =>
      text(
        "POST",
        "/deployments/",
        `{"name":"d","flow_id":"${flow.id}","work_pool_name":"p","infra_overrides":{"n":${n}}}`,
      );
    expect(await deploy("9007199254740993")).toContain('"n":9007199254740993');
    await expect(deploy("-9007199254740993")).rejects.toThrow("must be at least 1");
    await expect(deploy("1E400")).rejects.toThrow("must be of type integer");
  });
});

describe("JSON that is nested deep", () => {
  const deep = (levels: number, inner = "1.0") => `{"a":${"[".repeat(levels)}${inner}${"]".repeat(levels)}}`;
  const create = async (parameters: string) =>
    text("POST", "/flow_runs/", `{"flow_id":"${(await makeFlow(app)).id}","parameters":${parameters}}`);

  test("is stored up to 500 levels", async () => {
    expect(field(await create(deep(498)), "parameters")).toBe(deep(498));
  });

  for (const [levels, inner] of [
    [1_000, "1"],
    [1_000, "1.0"],
    [100_000, "1"],
    [100_000, "1.0"],
  ] as const) {
    test(`${levels} levels around ${inner} are a 422`, async () => {
      await expect(create(deep(levels, inner))).rejects.toThrow(/^422 .*nested/);
      expect(app.logged).toEqual([]);
    });
  }

  test("of an artifact's data and of a template are a 422 that names the field", async () => {
    const artifact = text("POST", "/artifacts/", `{"type":"x","data":${deep(550)}}`);
    await expect(artifact).rejects.toThrow(/^422 .*"loc":\["body","data"\],"msg":"the value is nested deeper/);
    const pool = text("POST", "/work_pools/", `{"name":"p","base_job_template":${deep(550)}}`);
    await expect(pool).rejects.toThrow(/^422 .*"base_job_template"\],"msg":"the value is nested deeper/);
  });

  test("and never ends is a 422", async () => {
    await expect(text("POST", "/flow_runs/", "[".repeat(200_000))).rejects.toThrow(
      /^422 .*The body is nested deeper than 600 levels/,
    );
  });
});

test("keys such as __proto__ and half a surrogate pair are kept", async () => {
  const parameters = '{"__proto__":{"a":1.0},"constructor":2,"toString":"\\ud800"}';
  const flow = await makeFlow(app);
  const made = await text("POST", "/flow_runs/", `{"flow_id":"${flow.id}","parameters":${parameters}}`);
  expect(field(await text("GET", `/flow_runs/${idOf(made)}`), "parameters")).toBe(parameters);
});
