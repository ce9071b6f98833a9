// Where the time of a run went, by its states.
import { expect, test } from "bun:test";
import { secondsOf, spansOf, type TimedState } from "#domain/time-spent.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { StateType } from "#wire/runs/states.ts";

const at = (seconds: number) => toTimestamp(Date.UTC(2026, 10, 27) + seconds * 1000);
const state = (seconds: number, type: StateType, name = "", due?: number): TimedState => ({
  ...{ type, name, timestamp: at(seconds), scheduled_time: due === undefined ? null : at(due) },
});
const kinds = (states: TimedState[], now = 1000) =>
  spansOf(states, at(now)).map(({ kind, start, end }) => [kind, start, end]);

test("a run that was planned waits from when it was due", () => {
  const states = [
    state(0, "SCHEDULED", "Scheduled", 100),
    state(115, "SCHEDULED", "Late", 100),
    state(120, "PENDING"),
    state(121, "RUNNING"),
    state(150, "COMPLETED"),
  ];
  expect(kinds(states)).toEqual([
    ["waited", at(100), at(120)],
    ["started", at(120), at(121)],
    ["ran", at(121), at(150)],
  ]);
  expect(secondsOf(spansOf(states, at(1000)), at(1000))).toEqual({
    ...{ waited: 20, started: 1, ran: 29, paused: 0, retrying: 0, ended: 0 },
  });
});

test("a process that was made ready before its time costs nothing until then", () => {
  const states = [
    state(0, "SCHEDULED", "", 100),
    state(92, "PENDING"),
    state(100.5, "RUNNING"),
    state(101, "COMPLETED"),
  ];
  expect(kinds(states)).toEqual([
    ["started", at(100), at(100.5)],
    ["ran", at(100.5), at(101)],
  ]);
});

test("pauses, tries and cancelling are told apart, and the last goes on", () => {
  const states = [
    state(0, "RUNNING"),
    state(5, "PAUSED"),
    state(9, "RUNNING"),
    state(10, "SCHEDULED", "AwaitingRetry", 20),
    state(20, "RUNNING", "Retrying"),
    state(30, "CANCELLING"),
  ];
  const spans = spansOf(states, at(33));
  expect(spans.map(({ kind }) => kind)).toEqual(["ran", "paused", "ran", "retrying", "ran", "ended"]);
  expect(spans.at(-1)).toEqual({ kind: "ended", start: at(30), end: null });
  expect(secondsOf(spans, at(33))).toEqual({ waited: 0, started: 0, ran: 16, paused: 4, retrying: 10, ended: 3 });
});

test("a run that is planned for later has not waited yet", () => {
  expect(kinds([state(0, "SCHEDULED", "Scheduled", 5000)])).toEqual([]);
  expect(kinds([])).toEqual([]);
});
