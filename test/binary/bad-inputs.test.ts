// Bad input at each command of the compiled executable: one clear sentence on stderr, an exit code that says which kind
// of mistake it was, no stack trace, and nothing changed.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { applying } from "./bad-inputs/applying.ts";
import { blocks } from "./bad-inputs/blocks.ts";
import { building } from "./bad-inputs/building.ts";
import { deployments } from "./bad-inputs/deployments.ts";
import { flowRuns } from "./bad-inputs/flow-runs.ts";
import { queues } from "./bad-inputs/queues.ts";
import { running } from "./bad-inputs/running.ts";
import { settings } from "./bad-inputs/settings.ts";
import { everything, prepare } from "./bad-inputs/table.ts";
import { createSandbox } from "./sandbox.ts";

const sandbox = createSandbox();
beforeAll(() => prepare(sandbox));
afterAll(() => sandbox.close());

const GROUPS = { building, applying, deployments, running, "flow runs": flowRuns, queues, blocks, settings };
const STACK = /^\s+at |\$bunfs|node:internal|Something unexpected/m;

for (const [group, inputs] of Object.entries(GROUPS)) {
  describe(group, () => {
    for (const [wrong, args, code, sentence] of inputs) {
      test(`${wrong}: orch ${args.join(" ").slice(0, 100)}`, async () => {
        const before = everything(sandbox);
        const ran = await sandbox.orch([...args]);
        const [first = ""] = ran.stderr.replaceAll(sandbox.folder, "<folder>").split("\n");
        expect([ran.code, first]).toEqual([code, sentence]);
        expect(ran.stderr).not.toMatch(STACK);
        expect(ran.stdout).not.toMatch(/successfully (?!loaded)|created/i);
        expect(everything(sandbox)).toEqual(before);
      });
    }
  });
}

test("there are more than a hundred, each of its own", () => {
  const all = Object.values(GROUPS).flat();
  expect(all.length).toBeGreaterThan(150);
  expect(new Set(all.map(([, args]) => args.join("\0"))).size).toBe(all.length);
});
