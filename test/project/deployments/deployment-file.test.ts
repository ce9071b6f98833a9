import { describe, expect, test } from "bun:test";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { renderDeploymentFile } from "#domain/deployment-file.ts";
import { newInfrastructure } from "#domain/infrastructure-blocks.ts";
import type { JsonObject } from "#lib/json.ts";
import { parseDeploymentFile } from "#project/deployments/deployment-file.ts";

const SPEC: DeploymentSpec = {
  name: "marvin",
  description: null,
  version: "c0fc95308d8137c50d2da51af138aa23",
  work_queue_name: "test",
  work_pool_name: null,
  tags: ["a", "b"],
  parameters: { name: "Marvin", nested: { list: [1, null] } },
  schedule: { interval: 3600, anchor_date: "2026-11-23T07:19:44.312819+00:00", timezone: "UTC" },
  is_schedule_active: null,
  overlap: null,
  catchup: null,
  infra_overrides: { "env.A": "1" },
  infrastructure: newInfrastructure("process", ["orch", "engine"]),
  flow_name: "say-hi",
  manifest_path: null,
  storage: null,
  path: "/srv/flows",
  entrypoint: "flows/marvin.ts:sayHi",
  parameter_openapi_schema: {
    title: "Parameters",
    type: "object",
    properties: { url: { title: "url", position: 0 } },
    required: ["url"],
  },
  timestamp: "2026-11-23T14:29:20.379893+00:00",
};

const FILE = `###
### A complete description of a Prefect Deployment for flow 'say-hi'
###
name: marvin
description: null
version: c0fc95308d8137c50d2da51af138aa23
# The work queue that will handle this deployment's runs
work_queue_name: test
work_pool_name: null
tags:
- a
- b
parameters:
  name: Marvin
  nested:
    list:
    - 1
    - null
schedule:
  interval: 3600.0
  anchor_date: '2026-11-23T07:19:44.312819+00:00'
  timezone: UTC
is_schedule_active: null
infra_overrides:
  env.A: '1'
infrastructure:
  type: process
  env: {}
  labels: {}
  name: null
  command:
  - orch
  - engine
  stream_output: true
  working_dir: null
  block_type_slug: process
  _block_type_slug: process

###
### DO NOT EDIT BELOW THIS LINE
###
flow_name: say-hi
manifest_path: null
storage: null
path: /srv/flows
entrypoint: flows/marvin.ts:sayHi
parameter_openapi_schema:
  title: Parameters
  type: object
  properties:
    url:
      title: url
      position: 0
  required:
  - url
  definitions: null
timestamp: '2026-11-23T14:29:20.379893+00:00'
`;

test("a deployment is written line by line as Prefect 2.10.4 writes it", () => {
  expect(renderDeploymentFile(SPEC)).toBe(FILE);
});

test("what was written is read back the same", () => {
  expect(parseDeploymentFile(FILE, "x.yaml")).toEqual(SPEC);
});

const FIELDS: [what: string, change: Partial<DeploymentSpec>, lines: string][] = [
  ["empty lists and mappings", { tags: [], parameters: {} }, "tags: []\nparameters: {}\n"],
  ["text with line breaks", { description: "one\ntwo" }, "description: |-\n  one\n  two\n"],
  ["text that looks like a number", { version: "1.10" }, "version: '1.10'\n"],
  ["text that looks like a boolean", { version: "yes" }, "version: 'yes'\n"],
  ["text with a colon", { description: "a: b" }, "description: 'a: b'\n"],
  ["a name with a quotation mark", { flow_name: "Ada's" }, `for flow "Ada's"\n`],
  ["a paused schedule", { is_schedule_active: false }, "is_schedule_active: false\n"],
];
for (const [what, change, lines] of FIELDS) {
  test(`${what} are written so that they stay what they are`, () => {
    const text = renderDeploymentFile({ ...SPEC, ...change });
    expect(text).toContain(lines);
    expect(parseDeploymentFile(text, "x.yaml")).toEqual({ ...SPEC, ...change });
  });
}

test("a block that the server has already stands below the line", () => {
  const infrastructure: JsonObject = {
    ...SPEC.infrastructure,
    _block_document_id: "0191e5a0-0000-7000-8000-00000000000a",
  };
  const text = renderDeploymentFile({ ...SPEC, infrastructure });
  expect(text.indexOf("infrastructure:")).toBeGreaterThan(text.indexOf("DO NOT EDIT"));
});

/** The sample of the documentation page, as users have it in their repositories. */
const PAGE_SAMPLE = `###
### A complete description of a Prefect Deployment for flow 'Cat Facts'
###
name: catfact
description: null
version: c0fc95308d8137c50d2da51af138aa23
# The work queue that will handle this deployment's runs
work_queue_name: test
work_pool_name: null
tags: []
parameters: {}
schedule: null
infra_overrides: {}
infrastructure:
  type: process
  env: {}
  labels: {}
  name: null
  command:
  - python
  - -m
  - prefect.engine
  stream_output: true
###
### DO NOT EDIT BELOW THIS LINE
###
flow_name: Cat Facts
manifest_path: null
storage: null
path: /srv/catfact
entrypoint: catfact.py:catfacts_flow
parameter_openapi_schema:
  title: Parameters
  type: object
  properties:
    url:
      title: url
  required:
  - url
  definitions: null
`;

test("the documentation page's own sample is read", () => {
  expect(parseDeploymentFile(PAGE_SAMPLE, "x.yaml")).toMatchObject({
    name: "catfact",
    flow_name: "Cat Facts",
    work_queue_name: "test",
    infrastructure: { type: "process", block_type_slug: "process", command: ["python", "-m", "prefect.engine"] },
    timestamp: null,
  });
});

describe("what is wrong with a file is one sentence that names it", () => {
  const good = "name: x\nflow_name: y\ninfrastructure: {type: process}\n";
  const REFUSED: [what: string, text: string, sentence: RegExp][] = [
    ["broken YAML", "name: x\nflow_name: [unclosed\n", /^'x\.yaml' is not valid YAML, line \d+, column \d+: /],
    ["a list", "- a\n", /is not a deployment file/],
    ["an empty file", "", /is not a deployment file/],
    ["no name", "flow_name: y\ninfrastructure: {type: process}\n", /'name' is missing/],
    ["no flow", "name: x\ninfrastructure: {type: process}\n", /'flow_name' is missing/],
    ["no infrastructure", "name: x\nflow_name: y\n", /'infrastructure' is missing/],
    ["infrastructure of no type", "name: x\nflow_name: y\ninfrastructure: {}\n", /'infrastructure' has no 'type'/],
    ["a key that is not known", `${good}bogus: 1\n`, /extra fields not permitted: bogus/],
    ["tags that are no list", `${good}tags: a\n`, /'tags' must be a list of texts/],
    ["parameters that are no mapping", `${good}parameters: [1]\n`, /'parameters' must be a mapping/],
    ["a schedule that is no mapping", `${good}schedule: daily\n`, /'schedule' must be a mapping/],
    ["a flag that is none", `${good}is_schedule_active: 5\n`, /'is_schedule_active' must be true or false/],
    ["a path that is no text", `${good}path: [5]\n`, /'path' must be text/],
  ];
  for (const [what, text, sentence] of REFUSED) {
    test(what, () => {
      expect(() => parseDeploymentFile(text, "x.yaml")).toThrow(sentence);
      expect(() => parseDeploymentFile(text, "x.yaml")).toThrow("x.yaml");
    });
  }
});

describe("R6: a file that is small, and stands for too much", () => {
  const tooDeep = /^'x\.yaml' is not valid YAML.* it is nested deeper than 500 levels\.$/;
  for (const levels of [600, 50_000]) {
    test(`${levels} lists in each other`, () => {
      const text = `name: x\nparameters:\n  a: ${"[".repeat(levels)}${"]".repeat(levels)}\n`;
      expect(() => parseDeploymentFile(text, "x.yaml")).toThrow(tooDeep);
    });
  }

  test("aliases of aliases", () => {
    const lists = Array.from(
      { length: 9 },
      (_, at) => `  l${at + 1}: &l${at + 1} [${Array(9).fill(`*l${at}`).join(", ")}]`,
    );
    const text = `name: x\nparameters:\n  l0: &l0 [1]\n${lists.join("\n")}\n`;
    expect(() => parseDeploymentFile(text, "x.yaml")).toThrow(
      /^'x\.yaml' is not valid YAML, line 4, column 12: its aliases expand to more than/,
    );
  });
});

describe("the interval of a schedule is read as the command line reads it", () => {
  const fileWith = (interval: string) =>
    renderDeploymentFile(SPEC).replace(/^ {2}interval: .*$/m, `  interval: ${interval}`);
  const read: [written: string, seconds: number][] = [
    ["1h", 3600],
    ["90m", 5400],
    ["1d", 86_400],
    ["PT1H", 3600],
    ["3600.0", 3600],
    ["3600", 3600],
    ["'3600'", 3600],
    ["1h 30m", 5400],
    ["'01:00:00'", 3600],
    ["01:00:00", 3600],
    ["0.5", 0.5],
  ];
  for (const [written, seconds] of read) {
    test(written, () => {
      expect(parseDeploymentFile(fileWith(written), "x.yaml").schedule).toMatchObject({ interval: seconds });
    });
  }
  for (const written of ["soon", "1 fortnight", "''", "null", "[1]", "true", ".inf", ".nan"]) {
    test(`${written} is refused in one sentence`, () => {
      const sentence =
        "'schedule.interval' must be a number of seconds, or a length of time such as 30m, 1h or 1d; not ";
      expect(() => parseDeploymentFile(fileWith(written), "x.yaml")).toThrow(sentence);
    });
  }
});
