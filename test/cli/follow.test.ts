// Following a run by hand-moved time: nobody takes it, and what is said then.
import { afterEach, expect, test } from "bun:test";
import { followRun } from "#cli/flow-run/follow.ts";
import { PLAIN } from "#cli/terminal/colours.ts";
import type { Client } from "#client/client.ts";
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";

const stop = new AbortController();
afterEach(() => stop.abort());

const RUN = { id: "x", name: "quiet-owl", state_type: "SCHEDULED", state_name: "Scheduled", state: null };

async function said(run: object): Promise<string[]> {
  const lines: string[] = [];
  let now = 0;
  const signal = new AbortController();
  const clock: Clock = {
    now: () => now,
    elapsed: () => now,
    async sleep(millis) {
      now += millis;
      if (now > 20_000) signal.abort();
    },
  };
  const call = async (endpoint: { path: string }) =>
    endpoint.path.endsWith("/logs/filter") ? { logs: [], cursor: null, more: false } : { ...RUN, ...run };
  const client = { call } as unknown as Client; // the two calls that are made
  await followRun("x", { client, clock, say: (line) => lines.push(String(line)), paint: PLAIN, signal: signal.signal });
  return lines;
}

test("a run that nobody takes is said once, with the command that helps", async () => {
  expect(await said({ work_queue_name: "test", expected_start_time: null })).toEqual([
    "Flow run 'quiet-owl' is Scheduled",
    "No agent has taken this run yet. Start one in another terminal: orch agent start -q 'test'",
  ]);
});
test("without a queue nobody ever will", async () => {
  const [, line] = await said({ work_queue_name: null, expected_start_time: null });
  expect(line).toBe("No agent takes this run: its deployment has no work queue. Build it again with -q.");
});
test("C1: a run that waits for its retry has a process already", async () => {
  const retry = { work_queue_name: "test", expected_start_time: null, state_name: "AwaitingRetry" };
  expect(await said(retry)).toEqual(["Flow run 'quiet-owl' is AwaitingRetry"]);
});
test("C1: a server that goes away for good ends the watch with one sentence", async () => {
  const lines: string[] = [];
  let now = 0;
  const clock: Clock = {
    now: () => now,
    elapsed: () => now,
    sleep: async (millis) => {
      now += millis;
    },
  };
  const call = async (endpoint: { path: string }) => {
    if (now >= 1_000) throw new OrchError("unavailable", "No server is answering.");
    return endpoint.path.endsWith("/logs/filter") ? { logs: [], cursor: null, more: false } : RUN;
  };
  const client = { call, description: "http://x/api" } as unknown as Client; // the two calls that are made
  const following = followRun("x", {
    client,
    clock,
    say: (line) => lines.push(String(line)),
    paint: PLAIN,
    signal: new AbortController().signal,
  });
  await expect(following).rejects.toThrow(
    "The server at http://x/api went away while flow run 'quiet-owl' was Scheduled. The run goes on without it.",
  );
  expect(lines).toEqual([
    "Flow run 'quiet-owl' is Scheduled",
    "Lost the server at http://x/api. Waiting for it to come back.",
  ]);
});
test("a run of later is waited for in silence", async () => {
  expect(await said({ work_queue_name: "test", expected_start_time: "1970-01-01T01:00:00+00:00" })).toHaveLength(1);
});
test("a run that failed ends with its error, without the stack that its log has", async () => {
  const message =
    "Flow run encountered an exception. Error: No prices\n    at fetch (flows/a.ts:2:61)\n    at run (a.ts:1:1)";
  const failed = { state_type: "FAILED", state_name: "Failed", state: { message } };
  expect(await said(failed)).toEqual([
    "Flow run 'quiet-owl' finished in state Failed: Flow run encountered an exception. Error: No prices",
  ]);
});
