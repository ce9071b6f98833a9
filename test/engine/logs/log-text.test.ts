// What loggers and the console make of what they are called with.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { inspect } from "node:util";
import { logText } from "#engine/logs/log-text.ts";

/** Frames without this file's place. */
const here = (text: string) => text.replaceAll(/\(?\/.*?log-text\.test\.ts:\d+:\d+\)?/g, "HERE");

class PgError extends Error {
  code = "23505";
  detail = "Key (id)=(1) already exists.";
}

function fail(): PgError {
  return new PgError("duplicate key", { cause: new TypeError("from below") });
}

const FAILED = `PgError: duplicate key
    at fail HERE
    at <anonymous> HERE
    code: "23505"
    detail: "Key (id)=(1) already exists."
Caused by: TypeError: from below
    at fail HERE
    at <anonymous> HERE`;

describe("T29: an error", () => {
  test("alone is its message, the user's frames, its properties and its causes", () => {
    expect(here(logText([fail()]))).toBe(FAILED);
  });

  test("after words, and as %s", () => {
    expect(here(logText(["failed:", fail(), 3]))).toBe(`failed: ${FAILED} 3`);
    expect(here(logText(["failed: %s", fail()]))).toBe(`failed: ${FAILED}`);
  });

  test("in an object, in a list, in a Map", () => {
    const indented = FAILED.replaceAll("\n", "\n  ");
    expect(here(logText([{ e: fail() }]))).toBe(`{\n  e: ${indented}\n}`);
    expect(here(logText([[fail()]]))).toBe(`[\n  ${indented}\n]`);
    expect(here(logText([new Map([["e", fail()]])]))).toContain("PgError: duplicate key\n");
  });

  test("as the text of its stack is without frames of the runtime", () => {
    const stack = "Error: x\n    at f (/u/a.ts:1:2)\n    at g (/$bunfs/root/orch:3:4)\n    at h (src/engine/x.ts:1:1)";
    expect(logText([`${stack}\n    at native:1:2\n    at async node:fs:3:4`])).toBe("Error: x\n    at f (/u/a.ts:1:2)");
  });

  test("has places relative to the run's copy of the code", () => {
    const error = Object.assign(new Error("x"), { stack: "Error: x\n    at f (/tmp/copy/flows/a.ts:1:2)" });
    expect(logText([error], "/tmp/copy")).toBe("Error: x\n    at f (flows/a.ts:1:2)");
    expect(logText(["see", error.stack], "/tmp/copy")).toBe("see Error: x\n    at f (flows/a.ts:1:2)");
    expect(logText([{ error }], "/tmp/copy")).toContain("at f (flows/a.ts:1:2)");
  });

  test("leaves nothing behind in the language", () => {
    logText([fail()]);
    expect(inspect.custom in Error.prototype).toBe(false);
    expect(inspect(fail())).toContain("code: '23505'");
  });
});

describe("T29: as the console formats", () => {
  const table: [parts: unknown[], text: string][] = [
    [
      ["%s %d %i %f %j %o %O %c%%", "a", 1.5, 2.7, 3.25, { a: 1 }, [1], { b: 2 }, "css"],
      'a 1.5 2 3.25 {"a":1} [ 1, [length]: 1 ] { b: 2 } %',
    ],
    [["100%"], "100%"],
    [["%s"], "%s"],
    [["%s and", "one", "two"], "one and two"],
    [["50%", "done"], "50% done"],
    [["%x", 1], "%x 1"],
    [[], ""],
    [["a", "b"], "a b"],
    [[1, "b", null, undefined, true, 5n, Symbol("s")], "1 b null undefined true 5n Symbol(s)"],
    [[{ a: { b: { c: { d: 1 } } } }], "{ a: { b: { c: [Object] } } }"],
    [[[1, "two"], new Set([1]), new Map([["k", 1]])], "[ 1, 'two' ] Set(1) { 1 } Map(1) { 'k' => 1 }"],
    [[new Date(0), /x/g, Buffer.from("hi")], "1970-01-01T00:00:00.000Z /x/g <Buffer 68 69>"],
    [["a\nb"], "a\nb"],
    [["    at 5 o'clock\n    at 10:30 sharp"], "    at 5 o'clock\n    at 10:30 sharp"],
  ];
  for (const [parts, text] of table) {
    test(JSON.stringify(text), () => expect(logText(parts)).toBe(text));
  }

  test("what is circular", () => {
    const loop: Record<string, unknown> = { name: "loop" };
    loop["self"] = loop;
    expect(logText([loop])).toBe("<ref *1> { name: 'loop', self: [Circular *1] }");
  });
});

describe("T29: a value that cannot be looked at is no harm", () => {
  const broken = () => {
    throw new Error("trap");
  };
  function revoked(): object {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  }
  const hostile: [what: string, value: unknown][] = [
    ["a stack that throws", Object.defineProperty(new Error("m"), "stack", { get: broken })],
    ["a message that throws", Object.defineProperty(new Error("m"), "message", { get: broken })],
    ["a stack that is no text", Object.assign(new Error("m"), { stack: { a: 1 } })],
    ["no stack", Object.assign(new Error("m"), { stack: undefined })],
    ["a message and a name that are no text", Object.assign(new Error("m"), { message: { x: 1 }, name: 5 })],
    ["a Proxy that throws", new Proxy({}, { get: broken, ownKeys: broken, getPrototypeOf: broken })],
    ["a Proxy of an error that throws", new Proxy(new Error("m"), { get: broken, ownKeys: broken })],
    ["a display that throws", { [inspect.custom]: broken }],
    ["a toString that throws", { toString: broken }],
    ["null as prototype", Object.create(null)],
    ["a revoked Proxy", revoked()],
  ];
  for (const [what, value] of hostile) {
    test(what, () => {
      expect(logText(["before", value, "after"])).toMatch(/^before .+ after$/s);
      expect(typeof logText(["%s", value])).toBe("string");
      expect(typeof logText([{ value }])).toBe("string");
    });
  }
});

test("our own frames are no part of what a logger says", () => {
  const error = new Error("x");
  error.stack = `Error: x\n    at a (${join(import.meta.dir, "../../../src/engine/flow/flow-run.ts")}:1:2)\n    at b (/u/f.ts:1:2)`;
  expect(logText([error])).toBe("Error: x\n    at b (/u/f.ts:1:2)");
});
