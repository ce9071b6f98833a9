// Whether a kill is explained by the system's lack of memory.
import { expect, test } from "bun:test";
import { outOfMemoryWatch } from "#infrastructure/out-of-memory.ts";

function watch(first = 0) {
  const machine = { kills: first };
  return { machine, noteStart: outOfMemoryWatch(() => machine.kills) };
}

test("what was killed for lack of memory before a job began does not explain its end", () => {
  const { machine, noteStart } = watch(5);
  machine.kills += 1; // another program, before the job
  const wasShort = noteStart();
  expect(wasShort()).toBeFalse();
  machine.kills += 1;
  expect(wasShort()).toBeTrue();
});

test("one kill explains the end of one job, two kills those of two", () => {
  const { machine, noteStart } = watch();
  const [first, second, third] = [noteStart(), noteStart(), noteStart()];
  machine.kills += 2;
  expect([first?.(), second?.(), third?.()]).toEqual([true, true, false]);
});
