// A connection that is cut while something is pressed, and a key that ends while a form is open: nothing is done twice, nothing typed is lost.
import { describe, expect, test } from "bun:test";
import { LIMIT, shareWorld } from "./shared.ts";
import { createWebWorld, possible } from "./world.ts";

describe.skipIf(!possible)("an answer that is lost on its way", () => {
  const shared = shareWorld();

  test(
    "is asked for again by the next press, which does nothing twice",
    async () => {
      const { page, open, list, faults } = shared;
      await open(`/deployments/deployment/${shared.world.data.deployment}/run`);
      await page.getByLabel("Name", { exact: true }).fill("lost-answer");
      const lost = Promise.withResolvers<void>();
      await page.route(
        "**/create_flow_run",
        async (route) => {
          await route.fetch();
          await route.abort();
          lost.resolve();
        },
        { times: 1 },
      );
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await lost.promise;
      await page.getByText("The server cannot be reached.").waitFor();
      expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("lost-answer");
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.getByRole("heading", { name: "lost-answer" }).waitFor();
      expect(await list("/flow_runs/filter", { flow_runs: { name: { any_: ["lost-answer"] } } })).toHaveLength(1);
      // What was answered is over: the same again is another.
      await open(`/deployments/deployment/${shared.world.data.deployment}/run`);
      await page.getByLabel("Name", { exact: true }).fill("lost-answer");
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.getByRole("heading", { name: "lost-answer" }).waitFor();
      expect(await list("/flow_runs/filter", { flow_runs: { name: { any_: ["lost-answer"] } } })).toHaveLength(2);
      expect(faults().filter((fault) => !fault.includes("net::ERR_FAILED"))).toEqual([]);
    },
    LIMIT,
  );
});

describe.skipIf(!possible)("a key that the server takes no more", () => {
  test(
    "is asked for above the page; what was typed stays, and is saved with the new one",
    async () => {
      const world = await createWebWorld({ ORCH_SERVER_API_KEY: "first-key" }, false);
      const { page, close } = await world.openPage();
      await page.goto(`${world.url}/work-pools/create`);
      await page.getByLabel("API key").fill("first-key");
      await page.keyboard.press("Enter");
      await page.getByLabel("Name", { exact: true }).fill("typed-before");
      const startAgain = await world.stopServer();
      await page.getByText("Reconnecting…").waitFor();
      await startAgain({ ORCH_SERVER_API_KEY: "second-key" });
      const dialog = page.getByRole("dialog", { name: "Sign in again" });
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      await dialog.getByLabel("API key").fill("first-key");
      await page.keyboard.press("Enter");
      await dialog.getByText("The server does not take this key.").waitFor();
      await dialog.getByLabel("API key").fill("second-key");
      await page.keyboard.press("Enter");
      await dialog.waitFor({ state: "detached" });
      expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("typed-before");
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByRole("heading", { name: "typed-before" }).waitFor();
      await page.reload();
      await page.getByRole("heading", { name: "typed-before" }).waitFor();
      await close();
      await world.close();
    },
    LIMIT,
  );
});
