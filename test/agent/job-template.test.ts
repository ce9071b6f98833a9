// Templates of jobs filled in, as the old worker fills them.
import { describe, expect, test } from "bun:test";
import { filledTemplate } from "#agent/job-template.ts";
import { baseJobTemplateOf } from "#domain/work-pool-types.ts";
import type { Json, JsonObject } from "#lib/json.ts";

const asked: string[] = [];
const referred = {
  async blockById(id: string) {
    asked.push(id);
    return { user: "ada", password: "x" };
  },
  async blockByName(slug: string, name: string): Promise<JsonObject> {
    asked.push(`${slug}/${name}`);
    return slug === "secret" ? { value: "hidden" } : { url: "u" };
  },
};

function template(configuration: JsonObject, properties: JsonObject = {}): JsonObject {
  return { job_configuration: configuration, variables: { type: "object", properties } };
}
const fill = (configuration: JsonObject, properties: JsonObject, overrides: JsonObject = {}) =>
  filledTemplate(template(configuration, properties), overrides, referred);

const TEXT = { type: "string" };
const CASES: [what: string, value: Json, properties: JsonObject, overrides: JsonObject, expected: JsonObject][] = [
  ["a value without placeholders", "plain", {}, {}, { a: "plain" }],
  ["a default", "{{ x }}", { x: { ...TEXT, default: "d" } }, {}, { a: "d" }],
  ["a default of null", "{{ x }}", { x: { default: null } }, {}, { a: null }],
  ["the deployment's value over a default", "{{ x }}", { x: { ...TEXT, default: "d" } }, { x: "o" }, { a: "o" }],
  ["nothing: the field is left out", "{{ x }}", { x: TEXT }, {}, {}],
  ["a number stays one", "{{ x }}", { x: {} }, { x: 3 }, { a: 3 }],
  ["an object stays one", "{{x}}", { x: {} }, { x: { k: [1] } }, { a: { k: [1] } }],
  ["placeholders within a text", "-{{ x }}-{{ y }}-", { x: {}, y: {} }, { x: 1, y: "b" }, { a: "-1-b-" }],
  ["an unknown one within a text stays", "-{{ x }}-", { x: {} }, {}, { a: "-{{ x }}-" }],
  ["placeholders in a list", ["{{ x }}", "k", "{{ none }}"], { x: {} }, { x: 1 }, { a: [1, "k"] }],
  ["placeholders in an object", { k: "{{ x }}", l: "{{ none }}" }, { x: {} }, { x: 1 }, { a: { k: 1 } }],
  ["a variable with a dot in its name", "{{ x.y }}", { "x.y": {} }, { "x.y": 1 }, { a: 1 }],
  [
    "a path into a variable",
    "{{ env }}",
    { env: { default: { A: "1" } } },
    { "env.B": "2" },
    { a: { A: "1", B: "2" } },
  ],
  ["a path into a variable without a default", "{{ env }}", { env: {} }, { "env.B": "2" }, { a: { B: "2" } }],
  ["nothing that a prototype has", "{{ constructor }}", {}, {}, {}],
  ["what is no text", true, {}, {}, { a: true }],
];
for (const [what, value, properties, overrides, expected] of CASES) {
  test(`filled in is ${what}`, async () => {
    const before = structuredClone(properties);
    expect(await fill({ a: value }, properties, overrides)).toEqual(expected);
    expect(properties).toEqual(before);
  });
}

describe("blocks", () => {
  test("of an id are put in whole", async () => {
    const reference = { $ref: { block_document_id: "id-1" } };
    const result = await fill({ a: "{{ auth }}" }, { auth: { default: reference } });
    expect(result).toEqual({ a: { user: "ada", password: "x" } });
    expect(asked.splice(0)).toEqual(["id-1"]);
  });

  test("of a name are put in by their value, where they have one", async () => {
    const overrides = { x: "{{ prefect.blocks.secret.token }}", y: ["{{ prefect.blocks.s3.store }}"] };
    const result = await fill({ a: "{{ x }}", b: "{{ y }}" }, { x: {}, y: {} }, overrides);
    expect(result).toEqual({ a: "hidden", b: [{ url: "u" }] });
    expect(asked.splice(0)).toEqual(["secret/token", "s3/store"]);
  });

  test("are not asked for otherwise", async () => {
    await fill({ a: "{{ x }}" }, { x: {} }, { x: "prefect.blocks.secret.token" });
    expect(asked).toEqual([]);
  });
});

test("the usual template of process pools gives every field its variable", async () => {
  const overrides = { command: "run it", env: { A: "1" }, name: "n", working_dir: "/srv", stream_output: false };
  expect(await filledTemplate(baseJobTemplateOf("process"), overrides, referred)).toMatchObject(overrides);
  expect(await filledTemplate(baseJobTemplateOf("process"), {}, referred)).toMatchObject({ stream_output: true });
});

test("an empty template says nothing about the job", async () => {
  expect(await filledTemplate({}, { env: { A: "1" } }, referred)).toEqual({});
});

test("R20: a placeholder finds no inherited name, and a variable may be called __proto__", async () => {
  const names = ["toString", "constructor", "__proto__"];
  const job = Object.fromEntries(names.map((name) => [`of ${name}`, `{{ ${name} }}!`]));
  expect(await fill(job, {})).toEqual(job);
  expect(await fill({ a: "{{ __proto__ }}!" }, JSON.parse('{"__proto__":{"default":"d"}}'))).toEqual({ a: "d!" });
});

test("R9: a job that its values make too long is refused", async () => {
  const filled = fill({ a: "{{ x }}!".repeat(2_000) }, { x: { default: "x".repeat(1_000) } });
  await filled.then(
    () => expect.unreachable(),
    (error) => expect(error.message).toStartWith("The template is filled with more than 1,000,000 letters"),
  );
});
