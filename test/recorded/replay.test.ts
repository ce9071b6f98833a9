// The conversations that the real server had, held with ours: the same statuses and bodies, save what differs on purpose.
import { describe, expect, test } from "bun:test";
import { ENDPOINTS } from "#wire/index.ts";
import { answersPath, SCENARIOS } from "./scenarios.ts";
import { conversationWithOurs } from "./server.ts";
import type { Exchange } from "./talk.ts";

const recordings = await Promise.all(
  Object.entries(SCENARIOS).map(async ([name, scenario]) => {
    const lines = (await Bun.file(answersPath(name)).text()).trimEnd().split("\n");
    const theirs = lines.map((line) => JSON.parse(line) as Exchange);
    return { name, theirs, steps: await conversationWithOurs(scenario) };
  }),
);

for (const { name, theirs, steps } of recordings) {
  describe(name, () => {
    test("has as many exchanges as were recorded", () => expect(steps).toHaveLength(theirs.length));

    for (const [index, expected] of theirs.entries()) {
      const step = steps[index];
      const why = step?.differs ? `, other than the old server: ${step.differs.because}` : "";
      test(`${index + 1}. ${expected.call} ${JSON.stringify(expected.sent ?? "").slice(0, 100)}${why}`, () => {
        if (!step?.differs) return expect(step?.exchange).toEqual(expected);
        expect(step.exchange.status).toBe(step.differs.status);
        // A difference that is gone is not listed any more.
        expect(step.exchange).not.toEqual(expected);
      });
    }
  });
}

const pathOf = (call: string) => call.replace(/\?.*/, "").split(" ");

test("every endpoint of the old server is among them, and there are 400 exchanges at least", () => {
  const calls = recordings.flatMap(({ theirs }) => theirs.map(({ call }) => pathOf(call)));
  const missing = ENDPOINTS.filter(({ endpoint }) => endpoint.since === 10 && !/^\/(orch\/|ready$)/.test(endpoint.path))
    .filter(({ endpoint }) => {
      const pattern = new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, "[^/]+")}$`);
      return !calls.some(([method, path = ""]) => method === endpoint.method && pattern.test(path));
    })
    .map(({ endpoint }) => `${endpoint.method} ${endpoint.path}`);
  expect(missing).toEqual([]);
  expect(calls.length).toBeGreaterThanOrEqual(400);
});
