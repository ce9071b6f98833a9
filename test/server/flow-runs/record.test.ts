import { describe, expect, test } from "bun:test";
import { readFlowRunPolicy, writeFlowRunPolicy } from "#server/flow-runs/record.ts";
import { readTaskRunPolicy, writeTaskRunPolicy } from "#server/task-runs/record.ts";

const FLOW = {
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: null,
  retry_delay: null,
  pause_keys: [],
  resuming: false,
};
const TASK = { max_retries: 0, retry_delay_seconds: 0, retries: null, retry_delay: null, retry_jitter_factor: null };

describe("the policy of a flow run", () => {
  const stored: [text: string, policy: object][] = [
    ["{}", FLOW],
    ['{"retries":0}', { ...FLOW, retries: 0 }],
    ['{"retries":2,"retry_delay":5}', { ...FLOW, retries: 2, retry_delay: 5 }],
    ['{"pause_keys":["a","b"],"resuming":true}', { ...FLOW, pause_keys: ["a", "b"], resuming: true }],
  ];
  for (const [text, policy] of stored) {
    test(`is kept as ${text}: only what differs from the defaults`, () => {
      expect(readFlowRunPolicy(text)).toEqual(policy as never);
      expect(writeFlowRunPolicy(readFlowRunPolicy(text))).toBe(text);
    });
  }

  test("fills in from its deprecated fields, not over what is given again", () => {
    expect(readFlowRunPolicy('{"max_retries":3,"retry_delay_seconds":4}')).toMatchObject({
      retries: 3,
      retry_delay: 4,
    });
    expect(readFlowRunPolicy('{"max_retries":3,"retries":1}').retries).toBe(1);
  });
});

describe("the policy of a task run", () => {
  const stored: [text: string, policy: object][] = [
    ["{}", TASK],
    ['{"retries":1,"retry_delay":[1,2]}', { ...TASK, retries: 1, retry_delay: [1, 2] }],
    ['{"retry_jitter_factor":0}', { ...TASK, retry_jitter_factor: 0 }],
  ];
  for (const [text, policy] of stored) {
    test(`is kept as ${text}: only what differs from the defaults`, () => {
      expect(readTaskRunPolicy(text)).toEqual(policy as never);
      expect(writeTaskRunPolicy(readTaskRunPolicy(text))).toBe(text);
    });
  }

  test("fills in from its deprecated fields, not over what is given again", () => {
    expect(readTaskRunPolicy('{"max_retries":3,"retry_delay_seconds":4}')).toMatchObject({
      retries: 3,
      retry_delay: 4,
    });
    expect(readTaskRunPolicy('{"retry_delay_seconds":4,"retry_delay":[9]}').retry_delay).toEqual([9]);
  });
});

test("a delay of old clients, in parts of a second, is whole seconds where it stands for the new one", () => {
  const text = '{"retry_delay_seconds":-1.1}';
  expect(readFlowRunPolicy(text)).toMatchObject({ retry_delay_seconds: -1.1, retry_delay: -1 });
  expect(readTaskRunPolicy(text)).toMatchObject({ retry_delay_seconds: -1.1, retry_delay: -1 });
});
