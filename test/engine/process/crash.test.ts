// The end nobody planned: its message, its exit code, and the time it takes at most.
import { expect, test } from "bun:test";
import { crashOf, reportCrash } from "#engine/process/crash.ts";
import { Interruption } from "#engine/session/interruption.ts";
import { OrchError } from "#lib/errors.ts";
import { FakeApi } from "../fake-api.ts";
import { lapseClock } from "../lapse-clock.ts";

const client = new FakeApi(lapseClock()).client;

const CRASHES: [string, unknown, message: string, exitCode: number][] = [
  [
    "an interruption",
    new Interruption("Execution was aborted by an interrupt signal.", 143),
    "Execution was aborted by an interrupt signal.",
    143,
  ],
  [
    "a server that stays away",
    new OrchError("unavailable", "not answering"),
    "Request to http://fake/api failed: not answering",
    1,
  ],
  [
    "a refusal of the server",
    new OrchError("not_found", "no such run"),
    "Execution was interrupted by an unexpected exception: no such run",
    1,
  ],
  ["anything else", "text", 'Execution was interrupted by an unexpected exception: Thrown: "text"', 1],
];
for (const [what, error, message, exitCode] of CRASHES) {
  test(`${what} reads "${message}"`, () => expect(crashOf(error, client, null)).toEqual({ message, exitCode }));
}

function setup() {
  const clock = lapseClock();
  const api = new FakeApi(clock);
  const session = { client: api.client, clock };
  const runs = [api.add("one", {}), api.add("two", {})];
  return { clock, api, session, runs };
}

test("every run is reported", async () => {
  const { session, runs, clock } = setup();
  await reportCrash(session, runs, "gone");
  expect(runs.map((run) => [run.state?.type, run.state?.message])).toEqual([
    ["CRASHED", "gone"],
    ["CRASHED", "gone"],
  ]);
  expect(clock.elapsed()).toBe(0);
});

test("nothing to report is no request", async () => {
  const { session, api } = setup();
  await reportCrash(session, [], "gone");
  expect(api.calls).toEqual([]);
});

test("a server that is away is asked again, for ten seconds and no longer", async () => {
  const { session, runs, clock, api } = setup();
  api.before = () => {
    throw new OrchError("unavailable", "away");
  };
  await reportCrash(session, runs, "gone");
  expect(clock.elapsed()).toBeWithin(5_000, 10_001);
});

test("a server that accepts and never answers does not hold the process", async () => {
  const { session, runs, clock, api } = setup();
  api.before = () => new Promise(() => {});
  await reportCrash(session, runs, "gone");
  expect(clock.elapsed()).toBe(10_000);
});

test("one run's refusal does not keep the other from being reported", async () => {
  const { session, runs, api } = setup();
  let first = true;
  api.before = () => {
    if (!first) return;
    first = false;
    throw new OrchError("internal", "defect");
  };
  await reportCrash(session, runs, "gone");
  expect(runs.map((run) => run.state?.type)).toEqual(["PENDING", "CRASHED"]);
});
