// Values of megabytes: shown folded, shown whole when asked for, and kept by the forms without being drawn.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createWebWorld, possible, type WatchedPage, type WebWorld } from "./world.ts";

let world: WebWorld;
let watched: WatchedPage;
beforeAll(async () => {
  if (!possible) return;
  world = await createWebWorld();
  watched = await world.openPage();
});
afterAll(() => world?.close());

const LIMIT = 60_000;
const LONG = "abcdefghi\n".repeat(500_000);
const FOLDED = "The first 20,000 of 5,000,000 letters.";

/** Letters of the page, as far as they are drawn. */
const drawn = () => watched.page.evaluate(() => document.querySelector("main")?.textContent?.length ?? 0);

describe.skipIf(!possible)("8: five megabytes", () => {
  for (const [type, tab] of [
    ["text", ""],
    ["markdown", ""],
    ["markdown", "?tab=raw"],
  ] as const) {
    test(
      `an artifact of the type ${type}${tab} is folded, and whole when asked for`,
      async () => {
        const { page, open, faults } = watched;
        const { id } = await world.send("POST", "/artifacts/", { key: `long-${type}`, type, data: LONG });
        await open(`/artifacts/artifact/${id}${tab}`);
        await page.getByText(FOLDED).waitFor();
        expect(await drawn()).toBeLessThan(30_000);
        await page.getByRole("button", { name: "Show all" }).click();
        await page.getByText(FOLDED).waitFor({ state: "detached" });
        expect(await drawn()).toBeGreaterThan(5_000_000);
        expect(faults()).toEqual([]);
      },
      LIMIT,
    );
  }

  test(
    "a run's artifacts are folded too, and a table's numbers keep their digits",
    async () => {
      const { page, open, faults } = watched;
      const flow_run_id = world.data.runs.failed;
      await world.send("POST", "/artifacts/", { type: "text", data: LONG, flow_run_id });
      const data = '[{"city": "Bonn", "people": 12345678901234567890}]';
      await world.send("POST", "/artifacts/", { key: "big-numbers", type: "table", data, flow_run_id });
      await open(`/flow-runs/flow-run/${flow_run_id}?tab=artifacts`);
      await page.getByText(FOLDED).waitFor();
      await page.getByRole("cell", { name: "12345678901234567890" }).waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "a parameter: folded on the deployment's page and in its file, kept by the form of a run, in both of its views",
    async () => {
      const { page, open, faults } = watched;
      const parameters = { text: LONG, rows: Array.from({ length: 20_000 }, (_, row) => row) };
      const properties = { text: { type: "string", position: 0 }, rows: { type: "array", position: 1 } };
      const made = {
        flow_id: world.data.flow,
        name: "long",
        entrypoint: "f.ts:x",
        parameter_openapi_schema: { properties },
      };
      const { id } = await world.send("POST", "/deployments/", { ...made, parameters });
      await open(`/deployments/deployment/${id}?tab=parameters`);
      await page.getByText(/^The first 20,000 of /).waitFor();
      expect(await drawn()).toBeLessThan(40_000);
      await open(`/deployments/deployment/${id}?tab=yaml`);
      await page.getByText(/^The first 20,000 of /).waitFor();
      await open(`/deployments/deployment/${id}/run`);
      await page.getByText("5,000,000 letters, kept as they are.").waitFor();
      expect(await page.getByText("letters, kept as they are.").count()).toBe(2);
      await page.getByLabel("JSON").check();
      await page.getByText("letters, kept as they are.").waitFor();
      await page.getByLabel("Form", { exact: true }).check();
      await page.getByRole("button", { name: "Edit here" }).last().click();
      await page.getByLabel("rows", { exact: true }).fill("[1, 2]");
      await page.getByText("--param 'rows=[1,2]'").waitFor();
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.waitForURL("**/flow-runs/flow-run/**");
      const run = await world.send("GET", `/flow_runs/${page.url().split("/").at(-1)}`);
      expect((run as unknown as { parameters: typeof parameters }).parameters).toEqual({ text: LONG, rows: [1, 2] });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
