// A process that is made to end in the middle of a run reports it first: state, tasks and logs.
import { expect, test } from "bun:test";

interface Report {
  code: number;
  flow: { type: string; message: string | null };
  task: { type: string; message: string | null } | undefined;
  logs: string[];
}

/** Runs a flow of interruptions-child.ts; sends `signal` once the flow says it is ready. */
async function child(flow: string, signal?: NodeJS.Signals): Promise<Report> {
  const process = Bun.spawn([Bun.argv[0] ?? "bun", `${import.meta.dir}/interruptions-child.ts`, flow], {
    stdout: "pipe",
  });
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of process.stdout) {
    text += decoder.decode(chunk, { stream: true });
    if (signal && text.includes("READY")) {
      process.kill(signal);
      signal = undefined;
    }
  }
  const code = await process.exited;
  const { runs, logs } = JSON.parse(text.trim().split("\n").at(-1) ?? "{}");
  return { code, flow: runs[0], task: runs[1], logs };
}

const BY_SIGNAL = "Execution was aborted by an interrupt signal.";

for (const [signal, code] of [
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const) {
  test(`${signal}: the run and its task are CRASHED, the logs are sent`, async () => {
    const report = await child("waiting", signal);
    expect(report).toMatchObject({
      code,
      flow: { type: "CRASHED", message: BY_SIGNAL },
      task: { type: "CRASHED", message: BY_SIGNAL },
    });
    expect(report.logs).toContain("started");
  });
}

test("SIGTERM while the run is being cancelled leaves it CANCELLING, for the agent to finish", async () => {
  const report = await child("cancelled", "SIGTERM");
  expect(report.flow.type).toBe("CANCELLING");
  expect(report.code).toBe(143);
});

const ENDS: [flow: string, code: number, message: RegExp][] = [
  ["exits", 3, /^Execution was aborted by a call of process\.exit\(3\)\.$/],
  ["exits in a try", 4, /^Execution was aborted by a call of process\.exit\(4\)\.$/],
  ["exits with no code", 0, /^Execution was aborted by a call of process\.exit\(0\)\.$/],
  [
    "throws in a timer",
    1,
    /^Execution was interrupted by an unexpected exception: RangeError: from a timer\n {4}at .*interruptions-child\.ts:\d+:\d+/,
  ],
  ["rejects unhandled", 1, /^Execution was interrupted by an unexpected exception: Error: nobody looked\n/],
];

for (const [flow, code, message] of ENDS) {
  test(`a flow that ${flow} is CRASHED and the process ends with ${code}`, async () => {
    const report = await child(flow);
    expect(report.flow.type).toBe("CRASHED");
    expect(report.flow.message ?? "").toMatch(message);
    expect(report.code).toBe(code);
  });
}

test("what was logged before process.exit is not lost", async () => {
  expect((await child("exits")).logs).toContain("about to exit");
});
