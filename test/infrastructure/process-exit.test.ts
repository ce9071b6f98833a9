// The end of a process in words: for the agent's output, for the run's log, for a run that is being cancelled.
import { expect, test } from "bun:test";
import { type EndCause, processExit } from "#infrastructure/process-exit.ts";

test("the agent's line has a hint where there is one", () => {
  expect([0, 3, -9, -15, 143].map((code) => processExit("a", code).line)).toEqual([
    "Process 'a' exited cleanly.",
    "Process 'a' exited with status code: 3.",
    "Process 'a' exited with status code: -9. It was killed by SIGKILL: by hand, or because the machine ran out of memory.",
    "Process 'a' exited with status code: -15. It was ended by SIGTERM, as a cancellation does.",
    "Process 'a' exited with status code: 143. It was ended by SIGTERM, as a cancellation does.",
  ]);
});

test("the agent's line says what the agent itself has done", () => {
  expect(processExit("a", -9, "killed-after-asking").line).toBe(
    "Process 'a' exited with status code: -9. It did not end when its agent asked it to, and was killed by it (signal SIGKILL).",
  );
  expect(processExit("a", -15, "asked").line).toEndWith("It was ended by its agent (signal SIGTERM).");
  expect(processExit("a", 0, "asked").line).toBe("Process 'a' exited cleanly.");
});

const REASONS: [code: number, cause: EndCause | undefined, how: string][] = [
  [0, undefined, "ended without reporting how the run ended"],
  [3, undefined, "exited with status code 3"],
  [-9, "out-of-memory", "was killed (signal SIGKILL), probably because the machine ran out of memory"],
  [
    -9,
    undefined,
    "was killed by signal SIGKILL, which leaves it no time to report anything: by hand, or by the system",
  ],
  [139, undefined, "crashed in native code (signal SIGSEGV)"],
  [-9, "killed", "was killed by its agent (signal SIGKILL)"],
  [-9, "killed-after-asking", "did not end when its agent asked it to, and was killed by it (signal SIGKILL)"],
  [-15, "asked", "was ended by its agent (signal SIGTERM)"],
  [143, "asked", "was ended by its agent (signal SIGTERM)"],
  [-9, "asked", "was killed by signal SIGKILL, which leaves it no time to report anything: by hand, or by the system"],
  [3, "killed", "exited with status code 3"],
  [-40, undefined, "was ended by signal 40"],
];
for (const [code, cause, how] of REASONS) {
  test(`the log of a run whose process ended with ${code} (${cause}) says: ${how}`, () => {
    expect(processExit("a", code, cause).reason).toBe(`Crash detected! The process of the flow run ${how}.`);
  });
}

test("a process that ended by itself while its run was cancelled has said so", () => {
  expect([0, 143, 1].map((code) => processExit("a", code).cancelReason)).toEqual([null, null, null]);
  expect(processExit("a", -9).cancelReason).toContain("was killed (signal SIGKILL)");
  expect(processExit("a", -15).cancelReason).toContain("was ended (signal SIGTERM)");
});
