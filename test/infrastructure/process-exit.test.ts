// The end of a process in words: for the agent's output, for the run's log, for a run that is being cancelled.
import { expect, test } from "bun:test";
import { processExit } from "#infrastructure/process-exit.ts";

test("the agent's line has a hint where there is one", () => {
  expect([0, 3, -9, -15, 143].map((code) => processExit("a", code).line)).toEqual([
    "Process 'a' exited cleanly.",
    "Process 'a' exited with status code: 3.",
    "Process 'a' exited with status code: -9. It was killed by SIGKILL: by hand, or because the machine ran out of memory.",
    "Process 'a' exited with status code: -15. It was ended by SIGTERM, as a cancellation does.",
    "Process 'a' exited with status code: 143. It was ended by SIGTERM, as a cancellation does.",
  ]);
});

const REASONS: [code: number, isOutOfMemory: boolean, how: string][] = [
  [0, false, "ended without reporting how the run ended"],
  [3, false, "exited with status code 3"],
  [-9, true, "was killed (signal SIGKILL) because the machine ran out of memory"],
  [-9, false, "was killed by signal SIGKILL, which leaves it no time to report anything: by hand, or by the system"],
  [139, false, "crashed in native code (signal SIGSEGV)"],
  [-40, false, "was ended by signal 40"],
];
for (const [code, isOutOfMemory, how] of REASONS) {
  test(`the log of a run whose process ended with ${code} says: ${how}`, () => {
    expect(processExit("a", code, isOutOfMemory).reason).toBe(`Crash detected! The process of the flow run ${how}.`);
  });
}

test("a process that ended by itself while its run was cancelled has said so", () => {
  expect([0, 143, 1].map((code) => processExit("a", code).cancelReason)).toEqual([null, null, null]);
  expect(processExit("a", -9).cancelReason).toContain("was killed (signal SIGKILL)");
  expect(processExit("a", -15).cancelReason).toContain("was ended (signal SIGTERM)");
});
