// Overrides of infrastructure fields: where they lead, and what each is read as.
import { describe, expect, test } from "bun:test";
import { overridden, readFields, readOverrides } from "#blocks/overrides.ts";
import { BLOCK_TYPES } from "#blocks/registry.ts";
import { infrastructureDefaults, isInfrastructureType } from "#domain/infrastructure-blocks.ts";
import { exactNumber, type Json, type JsonObject } from "#lib/json.ts";

function target(slug: string) {
  if (!isInfrastructureType(slug)) throw new Error(slug);
  const fields = BLOCK_TYPES.find((type) => type.slug === slug)?.fields ?? {};
  return { name: slug, fields, data: infrastructureDefaults(slug) };
}

const PATCH = [{ op: "add", path: "/spec/template/spec/containers/0/resources/limits", value: { memory: "8Gi" } }];
const READ: [slug: string, path: string, given: Json, read: Json][] = [
  ["process", "stream_output", "false", false],
  ["process", "stream_output", "Off", false],
  ["process", "stream_output", 1, true],
  ["process", "command", '["sh", "-c", "echo hi"]', ["sh", "-c", "echo hi"]],
  ["process", "command", `sh -c "echo 'hi'" a\\ b`, ["sh", "-c", "echo 'hi'", "a b"]],
  ["process", "command", ["nice", 5], ["nice", "5"]],
  ["process", "command", "", []],
  ["process", "command", null, null],
  ["process", "env", '{"A": 1, "B": null}', { A: "1", B: null }],
  ["process", "env", '{"A": 1.10, "B": 12345678901234567890}', { A: "1.10", B: "12345678901234567890" }],
  ["process", "command", '["nice", 1.10]', ["nice", "1.10"]],
  ["process", "env.X", exactNumber("12345678901234567890"), "12345678901234567890"],
  ["process", "stream_output", exactNumber("1.0"), true],
  ["kubernetes-job", "pod_watch_timeout_seconds", exactNumber("90.0"), 90],
  ["process", "env", { A: true }, { A: "true" }],
  ["process", "env.X", "1", "1"],
  ["process", "env.X", 1, "1"],
  ["process", "env.X", '["a"]', '["a"]'],
  ["process", "env.X", null, null],
  ["process", "labels.app.kubernetes.io/name", "x", "x"],
  ["process", "working_dir", "/srv/x", "/srv/x"],
  ["process", "name", 7, "7"],
  ["docker-container", "volumes", "/a:/b", ["/a:/b"]],
  ["docker-container", "networks", '["a", "b"]', ["a", "b"]],
  ["docker-container", "image_pull_policy", "ALWAYS", "ALWAYS"],
  ["docker-container", "memswap_limit", "5", 5],
  ["docker-container", "memswap_limit", "512m", "512m"],
  ["docker-container", "image_registry", { $ref: { block_document_id: "x" } }, { $ref: { block_document_id: "x" } }],
  ["kubernetes-job", "customizations", JSON.stringify(PATCH), PATCH],
  ["kubernetes-job", "pod_watch_timeout_seconds", "90", 90],
  ["kubernetes-job", "job.metadata.labels", '{"a": "b"}', { a: "b" }],
  ["kubernetes-job", "job.metadata.labels.team", "1", "1"],
  ["kubernetes-job", "job.spec.template.spec.parallelism", "2", 2],
];
describe("D2: an override is read by the kind of its field", () => {
  for (const [slug, path, given, read] of READ) {
    test(`${slug} ${path}=${typeof given === "string" ? given : JSON.stringify(given)}`, () => {
      expect(readOverrides(target(slug), { [path]: given })).toEqual({ [path]: read });
    });
  }
});

test("a path into a field that a saved block leaves out leads into its default", () => {
  const { data: usual, ...rest } = target("kubernetes-job");
  for (const data of [{}, { job: {} }, { job: null }]) {
    const { job } = overridden({ ...rest, data, usual }, { "job.metadata.labels.team": "blue" });
    expect(job).toMatchObject({ kind: "Job", metadata: { labels: { team: "blue" } } });
  }
  expect(usual["job"]).toMatchObject({ metadata: { labels: {} } });
});

const REFUSED: [slug: string, path: string, given: Json, sentence: string][] = [
  ["process", "env", "notamap", "'env' must be a mapping: env.NAME=value sets one of its entries, not 'notamap'."],
  ["process", "env", ["a"], `'env' must be a mapping: env.NAME=value sets one of its entries, not ["a"].`],
  ["process", "env.X", { a: 1 }, `'env.X' must be text, not {"a":1}.`],
  ["process", "stream_output", "maybe", "'stream_output' must be true or false, not 'maybe'."],
  ["process", "command", 'sh -c "echo', "'sh -c \"echo' has a quotation that does not end."],
  ["process", "command", 5, `'command' must be a list such as ["a", "b"], not 5.`],
  ["process", "type", "docker-container", "'type' must be 'process', not 'docker-container'."],
  [
    ...["process", "stream", "1"],
    "The override 'stream' names no field of the process. Its fields are: env, labels, name, command, stream_output, working_dir.",
  ] as [string, string, string, string],
  ["process", "image.x", "1", "The override 'image.x' names no field of the process."],
  ["process", "command.x", "1", "The override 'command.x' leads nowhere: 'command' of the process holds no fields."],
  ["process", "env.", "1", "The override 'env.' names no entry of 'env'."],
  ["process", "__proto__.x", "1", "The override '__proto__.x' names no field of the process."],
  [
    "docker-container",
    "image_pull_policy",
    "SOMETIMES",
    "must be one of IF_NOT_PRESENT, ALWAYS, NEVER, not 'SOMETIMES'.",
  ],
  ["docker-container", "privileged", "2", "'privileged' must be true or false, not '2'."],
  ["kubernetes-job", "finished_job_ttl", "1.5", "'finished_job_ttl' must be a whole number, not '1.5'."],
  ["kubernetes-job", "customizations", "[oops", "'customizations' must be a list in JSON, not '[oops'."],
  ["kubernetes-job", "job.spec.nothing.x", "1", "leads nowhere: 'nothing' of the kubernetes-job holds no fields."],
];
describe("D2: and refused where it does not fit", () => {
  for (const [slug, path, given, sentence] of REFUSED) {
    test(`${slug} ${path}=${JSON.stringify(given)}`, () => {
      expect(() => readOverrides(target(slug), { [path]: given })).toThrow(sentence);
    });
  }
});

const LAID: [what: string, block: JsonObject, overrides: JsonObject, data: JsonObject][] = [
  ["nothing", { command: null }, {}, { command: null, env: {}, labels: {} }],
  ["a field", { stream_output: true }, { stream_output: "no" }, { stream_output: false, env: {}, labels: {} }],
  ["a variable", { env: { A: "1" } }, { "env.A": "2", "env.B": "3" }, { env: { A: "2", B: "3" }, labels: {} }],
  ["a variable, where the block has none", {}, { "env.A": "2" }, { env: { A: "2" }, labels: {} }],
  ["a variable, where the block has null", { env: null }, { "env.A": "2" }, { env: { A: "2" }, labels: {} }],
  ["all variables", { env: { A: "1" } }, { env: { B: "2" } }, { env: { B: "2" }, labels: {} }],
  ["a removed variable", { env: {} }, { "env.A": null }, { env: { A: null }, labels: {} }],
  ["a field that there is not, when a run starts", {}, { extra: 1 }, { extra: 1, env: {}, labels: {} }],
  [
    "a variable called __proto__",
    {},
    JSON.parse('{"env.__proto__": "x"}'),
    { env: JSON.parse('{"__proto__":"x"}'), labels: {} },
  ],
];
for (const [what, block, overrides, data] of LAID) {
  test(`an override of ${what} is laid into the block`, () => {
    const before = structuredClone(block);
    const { fields } = target("process");
    expect(overridden({ name: "process", fields, data: block, lax: true }, overrides)).toEqual(data);
    expect(block).toEqual(before);
  });
}

test("D2: a saved block whose fields do not fit is refused in the same words", () => {
  const { fields } = target("process");
  expect(readFields(fields, { stream_output: "false", other: 1 })).toEqual({ stream_output: false, other: 1 });
  expect(() => readFields(fields, { env: "notamap" })).toThrow("'env' must be a mapping");
});
