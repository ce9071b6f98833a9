// What every kind of infrastructure reads from a job's block.
import { expect, test } from "bun:test";
import { infrastructureDefaults } from "#domain/infrastructure-blocks.ts";
import type { Job } from "#infrastructure/infrastructure.ts";
import { commandOf, fieldOf, nameOf, streamsOutput, variablesOf } from "#infrastructure/job-fields.ts";
import type { JsonObject } from "#lib/json.ts";

function job(block: JsonObject, entrypoint: string | null = null, type = "process"): Job {
  const deployment = { id: "2", name: "d", updated: "", entrypoint, flowName: async () => undefined };
  return { run: { id: "1", name: "calm-crow" }, deployment, type, block, output: () => {} };
}

const PYTHON = ["python", "-m", "prefect.engine"];
const COMMANDS: [command: string[] | null, entrypoint: string | null, expected: string[] | null][] = [
  [null, "flows/marvin.ts:sayHi", null],
  [[], "flows/marvin.ts:sayHi", null],
  [["orch", "engine"], "flows/marvin.ts:sayHi", null],
  [PYTHON, "flows/marvin.ts:sayHi", null],
  [null, null, null],
  [null, "flows/marvin.py:say_hi", PYTHON],
  [PYTHON, "flows/marvin.py:say_hi", PYTHON],
  [["nice", "orch", "engine"], "flows/marvin.ts:sayHi", ["nice", "orch", "engine"]],
];
for (const [command, entrypoint, expected] of COMMANDS) {
  test(`command ${JSON.stringify(command)} of ${entrypoint} is ${expected ? expected.join(" ") : "the engine"}`, () => {
    expect(commandOf(job({ command }, entrypoint))).toEqual(expected);
  });
}

test("a field that is missing has the default of its type", () => {
  const types = ["process", "docker-container", "kubernetes-job"] as const;
  for (const type of types) {
    for (const [name, value] of Object.entries(infrastructureDefaults(type))) {
      expect(fieldOf(job({}, null, type), name)).toEqual(value);
    }
  }
  expect(fieldOf(job({ stream_output: false }), "stream_output")).toBe(false);
  expect(fieldOf(job({ command: null }), "command")).toBe(null);
  expect(fieldOf(job({}, null, "mine"), "constructor")).toBe(null);
});

test("the name is the block's, or the run's", () => {
  expect(["worker", null, ""].map((name) => nameOf(job({ name })))).toEqual(["worker", "calm-crow", "calm-crow"]);
});

test("variables are texts, and null takes one away", () => {
  expect(variablesOf(job({ env: { A: 1, B: "b", C: null } }))).toEqual({ A: "1", B: "b", C: null });
  expect(variablesOf(job({ env: null }))).toEqual({});
});

test("output is shown unless the block says otherwise", () => {
  expect([{}, { stream_output: true }, { stream_output: false }].map((block) => streamsOutput(job(block)))).toEqual([
    ...[true, true, false],
  ]);
});
