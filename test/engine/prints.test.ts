// Console lines of runs with logPrints, and of everything else.
import { expect, test } from "bun:test";
import { currentRun, type RunFrame, type RunLogger } from "#engine/context.ts";
import { capturePrints } from "#engine/prints.ts";

function setup(logPrints: boolean) {
  const printed: string[] = [];
  const logged: string[] = [];
  const print = (...parts: unknown[]) => void printed.push(parts.join(" "));
  const target = { log: print, info: print, debug: print, warn: print, error: print } as unknown as Console; // all that is used
  const write = (level: string) => (text: unknown) => void logged.push(`${level} ${text}`);
  const names = ["debug", "info", "warn", "error", "critical"];
  const logger = Object.fromEntries(names.map((name) => [name, write(name)])) as unknown as RunLogger; // the five it has
  const frame = { logger, logPrints } as unknown as RunFrame; // all that is used
  const release = capturePrints(target);
  return { printed, logged, target, release, inRun: (body: () => void) => currentRun.run(frame, body) };
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
