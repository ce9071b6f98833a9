// Console lines of runs with logPrints, and of everything else.
import { describe, expect, spyOn, test } from "bun:test";
import { Console as NodeConsole } from "node:console";
import { Writable } from "node:stream";
import { captureConsole } from "#engine/logs/capture-console.ts";
import { currentRun, type RunFrame, type RunLogger } from "#engine/session/context.ts";
import { flow, task } from "#sdk/index.ts";
import { here } from "../here.ts";

/** A console that keeps what is printed, and a run that may ask for its lines. */
function setup(logPrints: boolean) {
  const printed: string[] = [];
  const logged: string[] = [];
  const stdout = new Writable({ write: (chunk, _encoding, done) => done(void printed.push(String(chunk).trimEnd())) });
  const target = new NodeConsole({ stdout, stderr: stdout }) as unknown as Console; // its type lacks a method of Bun
  const write = (level: string) => (text: unknown) => void logged.push(`${level} ${text}`);
  const names = ["debug", "info", "warn", "error", "critical"];
  const newLogger = () => Object.fromEntries(names.map((name) => [name, write(name)])) as unknown as RunLogger; // the five it has
  const newFrame = () => ({ logger: newLogger(), logPrints }) as unknown as RunFrame; // all that is used
  const frame = newFrame();
  const release = captureConsole(target);
  const inRun = (body: () => void, of = frame) => currentRun.run(of, body);
  return { printed, logged, target, release, inRun, newFrame };
}

test("lines of a run that asks for it go to its log, each at its level", () => {
  const { printed, logged, target, inRun } = setup(true);
  inRun(() => {
    target.log("a", { b: 1 });
    target.warn("%d tries", 3);
    target.error("c");
    target.debug("d");
  });
  expect(logged).toEqual(["info a { b: 1 }", "warn 3 tries", "error c", "debug d"]);
  expect(printed).toEqual([]);
});

test("lines of other runs, and outside of runs, are printed as ever", () => {
  const { printed, logged, target, inRun } = setup(false);
  inRun(() => target.log("in a run"));
  target.log("outside");
  expect(printed).toEqual(["in a run", "outside"]);
  expect(logged).toEqual([]);
});

test("afterwards the console is what it was", () => {
  const { target, release } = setup(true);
  const wrapped = target.log;
  release();
  expect(target.log).not.toBe(wrapped);
});

describe("T29: the whole console goes to the log", () => {
  const { target, inRun, logged, printed } = setup(true);
  const cases: [what: string, print: () => void, lines: (string | RegExp)[]][] = [
    [
      "table",
      () => target.table([{ a: 1 }]),
      [`info ┌─────────┬───┐\n│ (index) │ a │\n├─────────┼───┤\n│    0    │ 1 │\n└─────────┴───┘`],
    ],
    ["table of one value", () => target.table("x"), ["info x"]],
    ["dir", () => target.dir({ a: { b: { c: 1 } } }, { depth: 0 }), ["info { a: [Object] }"]],
    ["dirxml", () => target.dirxml({ a: 1 }, [2]), ["info { a: 1 } [ 2 ]"]],
    ["assert that holds", () => target.assert(true, "no"), []],
    ["assert", () => target.assert(false, "bad %d", 5), ["error Assertion failed: bad 5"]],
    ["assert without words", () => target.assert(false), ["error Assertion failed"]],
    ["count", () => [target.count(), target.count()], ["info default: 1", "info default: 2"]],
    ["countReset", () => [target.count("x"), target.countReset("x"), target.count("x")], ["info x: 1", "info x: 1"]],
    [
      "time",
      () => [target.time("t"), target.timeLog("t", "so far"), target.timeEnd("t")],
      [/^info t: [\d.]+ms so far$/, /^info t: [\d.]+ms$/],
    ],
    ["trace", () => target.trace("here %s", "x"), [/^info Trace: here x\n {4}at .*capture-console\.test\.ts:\d+:\d+/]],
    ["trace without words", () => target.trace(), [/^info Trace\n {4}at /]],
    [
      "an error",
      () => target.error("no:", Object.assign(new Error("x"), { stack: "", code: "E" })),
      ['error no: Error: x\n    code: "E"'],
    ],
    ["an error in a table", () => target.dir([Object.assign(new Error("x"), { stack: "" })]), [/^info \[ .*x/]],
    ["nothing", () => target.log(), ["info "]],
  ];
  for (const [what, print, lines] of cases) {
    test(what, () => {
      logged.length = 0;
      inRun(print);
      expect(logged).toHaveLength(lines.length);
      for (const [index, line] of lines.entries())
        expect(logged[index]).toMatch(line instanceof RegExp ? line : new RegExp(`^${RegExp.escape(line)}$`));
      expect(printed).toEqual([]);
    });
  }

  test("groups are indented, each run for itself", () => {
    logged.length = 0;
    const { newFrame } = setup(true);
    const [one, two] = [newFrame(), newFrame()];
    const all: string[] = [];
    for (const frame of [one, two]) Object.assign(frame.logger, { info: (text: string) => all.push(text) });
    inRun(() => target.group("outer", 1), one);
    inRun(() => target.log("other run"), two);
    inRun(() => {
      target.log("a\nb");
      target.groupCollapsed();
      target.table(5);
      target.groupEnd();
      target.count("in a group");
      target.groupEnd();
      target.groupEnd();
      target.log("after");
    }, one);
    expect(all).toEqual(["outer 1", "other run", "  a\n  b", "    5", "  in a group: 1", "after"]);
  });

  test("what a run prints that does not ask for it is the console's own", () => {
    const plain = setup(false);
    plain.inRun(() => {
      plain.target.group("g");
      plain.target.count();
      plain.target.groupEnd();
      plain.target.assert(false, "x");
    });
    expect(plain.printed).toEqual(["g", "  default: 1", "Assertion failed: x"]);
    expect(plain.logged).toEqual([]);
  });
});

describe("T30: logPrints is inherited", () => {
  const say = (word: string) => console.log(word);
  const tasks = (options: { logPrints?: boolean }) => task(async () => say("of a task"), { name: "t", ...options });
  const flows = (options: { logPrints?: boolean }, ofTask: { logPrints?: boolean } = {}) =>
    flow(
      async () => {
        say("of a subflow");
        await tasks(ofTask)();
      },
      { name: "sub", ...options },
    );
  const ALL = ["of a flow", "of a task", "of a subflow", "of a task"];
  const yes = { logPrints: true };
  const no = { logPrints: false };

  /** What of ALL is in the log. */
  async function said(of: { flow?: object; task?: object; sub?: object; subTask?: object; setting?: boolean }) {
    const { run, api } = here({ ORCH_LOGGING_LOG_PRINTS: of.setting ?? false });
    const parent = flow(
      async () => {
        say("of a flow");
        await tasks(of.task ?? {})();
        await flows(of.sub ?? {}, of.subTask)();
      },
      { name: "parent", ...of.flow },
    );
    await run(parent);
    return api.messages().filter((message) => message.startsWith("of a"));
  }
  const cases: [what: string, of: Parameters<typeof said>[0], words: string[]][] = [
    ["by tasks, subflows and their tasks", { flow: yes }, ALL],
    ["unless a task says no", { flow: yes, task: no }, ["of a flow", "of a subflow", "of a task"]],
    ["unless a subflow says no, with its tasks", { flow: yes, sub: no }, ["of a flow", "of a task"]],
    [
      "and a task of a subflow that says no may say yes",
      { flow: yes, sub: no, subTask: yes },
      ["of a flow", "of a task", "of a task"],
    ],
    ["upwards from nothing", { sub: yes }, ["of a subflow", "of a task"]],
    ["by nothing where nothing says so", {}, []],
    ["from the setting", { setting: true }, ALL],
    ["from the setting, unless a flow says no", { setting: true, flow: no }, []],
  ];
  for (const [what, of, words] of cases) {
    test(what, async () => {
      const printed = spyOn(console, "log").mockImplementation(() => {});
      try {
        expect(await said(of)).toEqual(words);
        expect(printed).toHaveBeenCalledTimes(ALL.length - words.length);
      } finally {
        printed.mockRestore();
      }
    });
  }
});
