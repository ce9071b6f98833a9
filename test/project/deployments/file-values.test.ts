// Values in deployment files: text as it was typed where the type is text, integers with their digits.
import { describe, expect, test } from "bun:test";
import { renderDeploymentFile } from "#domain/deployment-file.ts";
import type { JsonObject } from "#lib/json.ts";
import { parseDeploymentFile } from "#project/deployments/deployment-file.ts";
import { rebuiltDeploymentFile } from "#project/deployments/rebuilt-file.ts";

const STRING: JsonObject = { type: "string" };
const SCHEMA = `parameter_openapi_schema:
  type: object
  properties:
    s: {type: string}
    maybe: {anyOf: [{type: string}, {type: 'null'}]}
    xs: {type: array, items: {type: string}}
    either: {anyOf: [{type: string}, {type: number}]}
    day: {type: string, format: date-time}
    choice: {enum: ['1', '2']}
    n: {type: number}
    big: {type: integer, format: bigint, default: 9007199254740993}
    any: {}
`;
const fileOf = (parameters: string, more = "") =>
  `name: a\nflow_name: f\ninfrastructure: {type: process}\n${SCHEMA}parameters:\n${parameters}\n${more}`;
const read = (parameters: string, more = "") => parseDeploymentFile(fileOf(parameters, more), "a.yaml");

const READ: [line: string, json: string][] = [
  ["s: 1.10", '{"s":"1.10"}'],
  ["s: 12345678901234567890", '{"s":"12345678901234567890"}'],
  ["s: 1e5", '{"s":"1e5"}'],
  ["s: yes", '{"s":"yes"}'],
  ["s: 0x10", '{"s":"0x10"}'],
  ["s: 1:30", '{"s":"1:30"}'],
  ["s: 2024-01-01", '{"s":"2024-01-01"}'],
  ["s: '1.10'", '{"s":"1.10"}'],
  ["s: null", '{"s":null}'],
  ["maybe: null", '{"maybe":null}'],
  ["maybe: ~", '{"maybe":null}'],
  ["maybe: 007", '{"maybe":"007"}'],
  ["xs: [1.10, no, a]", '{"xs":["1.10","no","a"]}'],
  ["either: 5", '{"either":5}'],
  ["either: 1.10", '{"either":"1.10"}'],
  ["day: 1795435200", '{"day":"1795435200"}'],
  ["choice: 1", '{"choice":"1"}'],
  ["n: 1.10", '{"n":1.1}'],
  ["big: 9007199254740993", '{"big":9007199254740993}'],
  ["big: 9_007_199_254_740_993", '{"big":9007199254740993}'],
  ["big: 0x20000000000001", '{"big":9007199254740993}'],
  ["any: 9007199254740993", '{"any":9007199254740993}'],
  ["any: 1.0", '{"any":1.0}'],
  ["any: -0.0", '{"any":-0.0}'],
  ["any: .5", '{"any":0.5}'],
  ["any: 1.0e+400", '{"any":1.0e+400}'],
  ["any: 1E400", '{"any":"1E400"}'],
  ["unknown: 1.10", '{"unknown":1.1}'],
];
for (const [line, json] of READ) {
  test(`T5, T6: the parameter ${line} is ${json}`, () => {
    expect(JSON.stringify(read(`  ${line}`).parameters)).toBe(json);
  });
}

describe("T5: text of the file itself is as it was typed", () => {
  const spec = parseDeploymentFile(
    `name: 007\nflow_name: 1e5\nversion: 1.10\ntags: [1.0, yes, 2024]\nwork_queue_name: no\ninfrastructure: {type: process, env: {PORT: 08080, ID: 1.50, NONE: null}}\ninfra_overrides: {env.ID: 12345678901234567890, env.FLAG: on, n: 9007199254740993, stream_output: no}\nschedule: {interval: 3600.0}`,
    "a.yaml",
  );
  test("names, version and tags", () => {
    expect(spec).toMatchObject({ name: "007", flow_name: "1e5", version: "1.10", work_queue_name: "no" });
    expect(spec.tags).toEqual(["1.0", "yes", "2024"]);
  });

  test("variables of the environment", () => {
    expect(spec.infrastructure["env"]).toEqual({ PORT: "08080", ID: "1.50", NONE: null });
    expect(JSON.stringify(spec.infra_overrides)).toBe(
      '{"env.ID":"12345678901234567890","env.FLAG":"on","n":9007199254740993,"stream_output":false}',
    );
  });

  test("and what is computed with is a number", () => expect(spec.schedule).toEqual({ interval: 3600 } as never));
});

describe("T6: a file that is written holds the same values when it is read", () => {
  const values = '{"big":-12345678901234567890,"any":[1.0,-0.0,1E400,9007199254740993,1e-7],"s":"1.10"}';
  const spec = read(`  any: 1\n`);
  const { parameters } = read(
    `  big: -12345678901234567890\n  any: [1.0, -0.0, 1.0E+400, 9007199254740993, 1.0e-07]\n  s: 1.10`,
  );

  test("again", () => {
    const text = renderDeploymentFile({ ...spec, parameters });
    expect(text).toContain("  big: -12345678901234567890\n");
    expect(text).toContain("default: 9007199254740993\n");
    expect(JSON.stringify(parseDeploymentFile(text, "a.yaml").parameters)).toBe(values.replace("1E400", "1.0e+400"));
  });

  test("rebuilt, with the comments and the spelling of its owner", () => {
    const before = fileOf("  # which one\n  big: 9_007_199_254_740_993 # digits\n  s: 1.10 # a version\n  n: 1");
    const { parameters: kept } = parseDeploymentFile(before, "a.yaml");
    expect(rebuiltDeploymentFile(before, "a.yaml", { ...spec, parameters: kept })).toContain(
      "  s: 1.10 # a version\n  n: 1",
    );
    const changed = rebuiltDeploymentFile(before, "a.yaml", { ...spec, parameters: { ...kept, n: 2 } });
    expect(changed).toContain("  # which one\n  big: 9_007_199_254_740_993 # digits\n  s: 1.10 # a version\n  n: 2\n");
    expect(parseDeploymentFile(changed, "a.yaml").parameters).toEqual({ ...kept, n: 2 });
  });
});

test("a parameter whose type is text and whose value is one is not quoted away by a rebuild", () => {
  const spec = read("  s: 1.10");
  expect(spec.parameters).toEqual({ s: "1.10" });
  expect(renderDeploymentFile(spec)).toContain("  s: '1.10'\n");
  expect(spec.parameter_openapi_schema).toMatchObject({ properties: { s: STRING } });
});
