import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import {
  AwaitingRetry,
  Cancelled,
  Cancelling,
  Completed,
  Crashed,
  EMPTY_DETAILS,
  Failed,
  isTerminal,
  Pending,
  Running,
  Scheduled,
  TERMINAL_TYPES,
  USUAL_NAMES,
} from "#domain/states.ts";
import { STATE_TYPES, type StateInput, type StateType, stateCreate } from "#wire/runs/states.ts";

const TIME = "2026-11-23T12:00:00.000000+00:00";

describe("isTerminal", () => {
  const terminal: StateType[] = ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"];
  for (const type of STATE_TYPES) {
    test(`${type} is ${terminal.includes(type) ? "" : "not "}the end of a run`, () => {
      expect(isTerminal(type)).toBe(terminal.includes(type));
      expect(TERMINAL_TYPES.includes(type)).toBe(terminal.includes(type));
    });
  }
  test("no state is no end", () => expect(isTerminal(null)).toBe(false));
});

test("every type has the name it goes by when nobody says otherwise", () => {
  expect(Object.keys(USUAL_NAMES).toSorted()).toEqual([...STATE_TYPES].toSorted());
  expect(USUAL_NAMES.SCHEDULED).toBe("Scheduled");
  expect(USUAL_NAMES.CANCELLING).toBe("Cancelling");
});

describe("constructors", () => {
  const made: [StateInput, type: StateType, name: string | undefined][] = [
    [Scheduled(TIME), "SCHEDULED", undefined],
    [AwaitingRetry(TIME), "SCHEDULED", "AwaitingRetry"],
    [Pending(), "PENDING", undefined],
    [Running(), "RUNNING", undefined],
    [Completed(), "COMPLETED", undefined],
    [Failed(), "FAILED", undefined],
    [Crashed(), "CRASHED", undefined],
    [Cancelled(), "CANCELLED", undefined],
    [Cancelling(), "CANCELLING", undefined],
  ];
  for (const [state, type, name] of made) {
    test(`${name ?? type} is a proposal of that type`, () => {
      expect([state.type, state.name ?? undefined]).toEqual([type, name]);
      expect(v.safeParse(stateCreate(), state).success).toBe(true);
    });
  }

  test("message, data and a name of one's own are carried", () => {
    expect(Failed({ name: "TimedOut", message: "too slow", data: { n: 1 } })).toEqual({
      type: "FAILED",
      name: "TimedOut",
      message: "too slow",
      data: { n: 1 },
    });
  });

  test("a scheduled time stands beside the other details", () => {
    const state = Scheduled(TIME, { message: "later", state_details: { cache_key: "k" } });
    expect(state).toEqual({
      type: "SCHEDULED",
      message: "later",
      state_details: { cache_key: "k", scheduled_time: TIME },
    });
    expect(AwaitingRetry(TIME, { message: "again" }).state_details?.scheduled_time).toBe(TIME);
  });
});

test("a state without details has all of them, as the wire fills them in", () => {
  expect(EMPTY_DETAILS).toEqual(v.parse(stateCreate(), { type: "PENDING" }).state_details);
});
