// Many runs at once by the filters of the page: the server counts them first, names some, and says which it leaves as they are.
import { describe, expect, test } from "bun:test";
import { expectSoon, LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

interface Run {
  name: string;
  state_name: string;
}

describe.skipIf(!possible)("runs of a filter", () => {
  const shared = shareWorld();

  /** Some at a time, so that no request waits for long. */
  async function make(count: number, body: (number: number) => object): Promise<void> {
    const { send, data } = shared.world;
    for (let done = 0; done < count; done += 40) {
      const now = Array.from({ length: Math.min(40, count - done) }, (_, index) => done + index);
      await Promise.all(now.map((number) => send("POST", "/flow_runs/", { flow_id: data.flow, ...body(number) })));
    }
  }
  const statesOf = async (tag: string) => {
    const runs = await shared.list<Run>("/flow_runs/filter", { flow_runs: { tags: { all_: [tag] } }, limit: 200 });
    const counts = new Map<string, number>();
    for (const { state_name } of runs) counts.set(state_name, (counts.get(state_name) ?? 0) + 1);
    return Object.fromEntries([...counts].sort());
  };

  /** Picks one row, then all that the filters mean, and asks for the action. */
  async function ask(address: string, count: number, action: string): Promise<void> {
    const { page, open } = shared;
    await open(address);
    await page.locator("tbody tr.row").first().getByRole("checkbox").check();
    await page.getByRole("button", { name: `Pick all ${count}` }).click();
    await page.getByText(`All ${count} of these filters`).waitFor();
    await page.getByLabel("Picked rows").getByRole("button", { name: action }).click();
  }
  const press = (name: string) => shared.page.getByRole("dialog").getByRole("button", { name, exact: true }).click();

  test(
    "are retried, some at a time; those that cannot be are counted by the reason",
    async () => {
      const { page, barriers, faults, world } = shared;
      const deployment_id = world.data.deployment;
      const tags = ["again"];
      await make(120, (number) => ({ deployment_id, tags, name: `failed-${number}`, state: { type: "FAILED" } }));
      await make(3, (number) => ({ deployment_id, tags, name: `going-${number}`, state: { type: "RUNNING" } }));
      await make(2, (number) => ({ tags, name: `alone-${number}`, state: { type: "FAILED" } }));
      await make(1, () => ({ deployment_id, tags: ["other"], name: "not-meant", state: { type: "FAILED" } }));
      await ask("/flow-runs?tag=again", 125, "Retry");
      await page
        .getByRole("dialog")
        .getByText(/^Retry 120 runs: failed-\d+, .*, and 115 more\?$/)
        .waitFor();
      const body = page.getByRole("dialog").locator("p");
      expect(await body.textContent()).toStartWith("They start again at once.");
      expect(await body.textContent()).toContain("Not 3 runs: It has not ended yet.");
      expect(await body.textContent()).toContain("Not 2 runs: It has no deployment,");
      expect(await barriers()).toEqual([]);
      await press("Keep");
      expect(await statesOf("again")).toEqual({ Failed: 122, Running: 3 });
      await page.getByLabel("Picked rows").getByRole("button", { name: "Retry" }).click();
      await press("Retry");
      await page.getByText("Retrying 120 runs.").waitFor();
      await expectSoon(() => statesOf("again"), { AwaitingRetry: 120, Failed: 2, Running: 3 });
      expect(await statesOf("other")).toEqual({ Failed: 1 });
      await page
        .getByRole("navigation", { name: "Runs by state" })
        .getByRole("link", { name: /120.*scheduled/i })
        .waitFor();
      expect(await page.getByLabel("Picked rows").count()).toBe(0);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "are cancelled, and those that have ended are left as they are",
    async () => {
      const { page, faults } = shared;
      const tags = ["stop"];
      await make(110, (number) => ({ tags, name: `waiting-${number}`, state: { type: "SCHEDULED" } }));
      await make(4, (number) => ({ tags, name: `ended-${number}`, state: { type: "COMPLETED" } }));
      await ask("/flow-runs?tag=stop", 114, "Cancel");
      await page
        .getByRole("dialog")
        .getByText(/^Cancel 110 runs: waiting-\d+, .*, and 105 more\?$/)
        .waitFor();
      expect(await page.getByRole("dialog").locator("p").textContent()).toContain("Not 4 runs: ");
      await press("Cancel");
      await page.getByText("Cancelling 110 runs.").waitFor();
      await expectSoon(
        async () => Object.keys(await statesOf("stop")).filter((name) => !name.startsWith("Cancel")),
        ["Completed"],
      );
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "of which none fits say so, and nothing is asked",
    async () => {
      const { page, faults } = shared;
      await make(2, (number) => ({ tags: ["done"], name: `done-${number}`, state: { type: "COMPLETED" } }));
      await ask("/flow-runs?tag=done", 2, "Cancel");
      await page
        .getByRole("status")
        .getByText(/^2 runs: /)
        .waitFor();
      expect(await page.getByRole("dialog").count()).toBe(0);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
