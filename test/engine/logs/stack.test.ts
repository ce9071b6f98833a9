// What users see of an error: their own lines, none of ours.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeError, withoutOwnFrames } from "#engine/logs/stack.ts";
import { Interruption } from "#engine/session/interruption.ts";
import { OrchError } from "#lib/errors.ts";
import { flow, task } from "#sdk/index.ts";
import { here } from "../here.ts";

test("a stack through flow and task shows the user's lines only", async () => {
  const { run, api } = here();
  const deep = task(async function deep() {
    await Promise.resolve();
    throw new Error("down here");
  });
  await run(
    flow(async function outer() {
      await deep();
    }),
  );
  const message = api.flowRuns[0]?.state?.message ?? "";
  expect(message).toMatch(/at (?:async )?deep \(.*stack\.test\.ts:\d+:\d+\)/);
  expect(message).not.toContain("/src/");
});

test("paths below the run's private copy are relative to it", () => {
  const error = new Error("x");
  error.stack = "Error: x\n    at f (/tmp/copy/flows/a.ts:1:2)\n    at g (/home/u/lib.ts:3:4)\n    at native";
  expect(describeError(error, "/tmp/copy")).toBe("Error: x\n    at f (flows/a.ts:1:2)\n    at g (/home/u/lib.ts:3:4)");
});

test("errors inside errors are shown", () => {
  const both = bare(new AggregateError([bare(new Error("a")), bare(new Error("b"))], "two"));
  expect(describeError(both)).toBe("AggregateError: two\nCaused by: Error: a\nCaused by: Error: b");
});

const bare = <E extends Error>(error: E, fields: object = {}) => Object.assign(error, { stack: "", ...fields });

test("T29: causes of causes, an error that is its own cause, and what is no error", () => {
  const deep = bare(new Error("a", { cause: bare(new Error("b", { cause: "text" })) }));
  expect(describeError(deep)).toBe('Error: a\nCaused by: Error: b\nCaused by: "text"');
  const loop = bare(new Error("loop"));
  loop.cause = loop;
  expect(describeError(loop)).toBe("Error: loop\nCaused by: an error that is shown above");
  let long = bare(new Error("0"));
  for (let level = 1; level < 100; level++) long = bare(new Error(String(level), { cause: long }));
  expect(describeError(long).split("\n")).toHaveLength(21);
  const many = bare(
    new AggregateError(
      Array.from({ length: 1_000 }, () => bare(new Error("one"))),
      "many",
    ),
  );
  expect(describeError(many).split("\n")).toHaveLength(21);
});

test("T29: the errors of an AggregateError and its cause", () => {
  const both = bare(new AggregateError([bare(new Error("a"))], "two", { cause: bare(new Error("why")) }));
  expect(describeError(both)).toBe("AggregateError: two\nCaused by: Error: a\nCaused by: Error: why");
  // Lists of other things are properties.
  expect(describeError(bare(new Error("bad"), { errors: [{ path: "x" }] }))).toBe(
    'Error: bad\n    errors: [{ path: "x" }]',
  );
});

test("T29: a class that sets no name is named; one that does, keeps it", () => {
  class NotFound extends Error {}
  class e extends Error {}
  class Named extends Error {
    override name = "HttpError";
  }
  expect(describeError(bare(new NotFound("x")))).toBe("NotFound: x");
  expect(describeError(bare(new e("x")))).toBe("Error: x");
  expect(describeError(bare(new Named("x")))).toBe("HttpError: x");
});

const PROPERTIES: [what: string, fields: object, lines: string[]][] = [
  [
    "codes and numbers",
    { code: "ENOENT", errno: -2, fatal: true, n: 5n },
    ['code: "ENOENT"', "errno: -2", "fatal: true", "n: 5n"],
  ],
  [
    "an answer",
    { response: { status: 404, headers: { a: 1 }, data: { why: "gone" } } },
    ['response: { status: 404, headers: [Object], data: { why: "gone" } }'],
  ],
  ["an answer of fetch", { response: new Response("", { status: 503 }) }, ["response: [Response] { status: 503 }"]],
  [
    "no request",
    { config: { headers: { authorization: "Bearer x" } }, request: new Request("http://x/") },
    ["config: [Object]", "request: [Request]"],
  ],
  [
    "no secret",
    { password: "hunter2", meta: { apiKey: "k", api_key: "k", accessToken: "t", user: "ada" } },
    ["password: ********", 'meta: { apiKey: ********, api_key: ********, accessToken: ********, user: "ada" }'],
  ],
  ["other errors", { original: bare(new TypeError("inner")) }, ["original: TypeError: inner"]],
  ["no deep values", { a: { b: { c: { d: 1 } } } }, ["a: { b: { c: [Object] } }"]],
  [
    "not what a getter gives",
    {
      get now() {
        throw new Error("called");
      },
      code: 1,
    },
    ["code: 1"],
  ],
  [
    "lists, shortened",
    { list: Array.from({ length: 12 }, (_, index) => index) },
    ["list: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … 2 more]"],
  ],
  ["text, shortened", { sql: "x".repeat(600) }, [`sql: "${"x".repeat(500)}… (600 characters)"`]],
];
for (const [what, fields, lines] of PROPERTIES) {
  test(`T29: of properties are shown ${what}`, () => {
    const error = Object.defineProperties(new Error("m"), {
      stack: { value: "" },
      ...Object.getOwnPropertyDescriptors(fields),
    });
    expect(describeError(error)).toBe(["Error: m", ...lines.map((line) => `    ${line}`)].join("\n"));
  });
}

test("T29: a huge message, a huge stack and many properties are shortened", () => {
  const frames = Array.from({ length: 10_000 }, (_, index) => `    at f (/u/a.ts:${index}:1)`);
  const error = Object.assign(new Error("m".repeat(1_000_000)), { stack: `Error: m\n${frames.join("\n")}` });
  for (let index = 0; index < 500; index++) Object.assign(error, { [`p${index}`]: index });
  const lines = describeError(error).split("\n");
  expect(lines).toHaveLength(1 + 50 + 1 + 20);
  expect(lines[0]?.length).toBeLessThan(21_000);
  expect(lines[51]).toBe("    … 9950 more frames");
});

test("T29: a file that is no code is named with its place", async () => {
  const folder = mkdtempSync(join(tmpdir(), "orch-stack-"));
  writeFileSync(join(folder, "bad.ts"), "export const a = 1;\nconst b = ;\n");
  const error: unknown = await import(join(folder, "bad.ts")).catch((reason: unknown) => reason);
  rmSync(folder, { recursive: true });
  expect(describeError(error, folder)).toMatch(/Message: Unexpected ;\n {4}at bad\.ts:2:\d+$/);
});

const THROWN: [thrown: unknown, text: string][] = [
  ["text", 'Thrown: "text"'],
  [undefined, "Thrown: undefined"],
  [null, "Thrown: null"],
  [7, "Thrown: 7"],
  [Symbol("s"), "Thrown: Symbol(s)"],
  [{ code: 1, message: "m" }, 'Thrown: { code: 1, message: "m" }'],
  [{ name: "Odd", message: "m", stack: "Odd: m\n    at f (/u/a.ts:1:2)" }, "Odd: m\n    at f (/u/a.ts:1:2)"],
  [new Response("", { status: 404 }), "Thrown: [Response] { status: 404 }"],
];
for (const [thrown, text] of THROWN) {
  test(`T29: thrown ${text}`, () => expect(describeError(thrown)).toBe(text));
}

const OWN_ERRORS = [
  new OrchError("not_found", "No such block.", { exitCode: 3 }),
  new Interruption("No such block.", 3),
];
for (const error of OWN_ERRORS) {
  test(`of orch's own ${error.constructor.name} the message is shown, not its fields`, () => {
    expect(describeError(Object.assign(error, { stack: "" }))).toBe(`${error.constructor.name}: No such block.`);
  });
}

const FRAMES: [frame: string, users: boolean][] = [
  ["at f (/home/u/flow.ts:5:9)", true],
  ["at async f (/home/u/flow.ts:5:9)", true],
  ["at /home/u/flow.ts:5:9", true],
  ["at async /home/u/flow.ts:5:9", true],
  ["at <anonymous> (/home/u/my flows (old)/flow.ts:5:9)", true],
  ["at f (C:\\Users\\u\\flow.ts:5:9)", true],
  ["at f (file:///home/u/flow.ts:5:9)", true],
  ["at a (/$bunfs/root/orch:1:2)", false],
  ["at a (B:/~BUN/root/orch.exe:1:2)", false],
  ["at <anonymous> (src/engine/task/task-run.ts:170:57)", false],
  [`at run (${join(import.meta.dir, "../../../src/engine/flow/flow-run.ts")}:1:2)`, false],
  ["at processTicksAndRejections (native:7:39)", false],
  ["at node:internal/timers:5:9", false],
  ["at <anonymous>", false],
];
for (const [frame, users] of FRAMES) {
  test(`${frame} is ${users ? "the user's" : "not the user's"}`, () => {
    const error = Object.assign(new Error("x"), { stack: `Error: x\n    ${frame}` });
    expect(describeError(error)).toBe(users ? `Error: x\n    ${frame}` : "Error: x");
  });
}

test("T29: frames of a project's own folder `src`, relative already, stay in a log", () => {
  const folder = join(import.meta.dir, "../../..");
  const text = "Error: x\n    at f (src/main.ts:5:9)\n    at g (src/no-such-file.ts:1:2)";
  expect(withoutOwnFrames(text, folder)).toBe("Error: x\n    at f (src/main.ts:5:9)");
});
