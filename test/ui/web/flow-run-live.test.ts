// The page of a flow run that an agent executes: its log is watched live, and it is cancelled.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { box, button, sees, toPage } from "./run-page.ts";
import { createWebWorld, possible, type WebWorld } from "./world.ts";

const LIMIT = 60_000;

const FLOW = `import { flow, getRunLogger } from "orch";
export const talks = flow(async () => {
  const log = getRunLogger();
  for (let number = 0; ; number += 1) {
    log.info("line " + number);
    await Bun.sleep(20);
  }
}, { name: "talks" });
export const fails = flow(async () => {
  getRunLogger().info("about to fail");
  throw new Error("the partner hung up");
}, { name: "fails" });
`;

describe.skipIf(!possible)("a run that an agent executes", () => {
  let world: WebWorld;
  beforeAll(async () => {
    if (possible) world = await createWebWorld({}, false);
  }, LIMIT);
  afterAll(() => world?.close());

  async function deploy(name: string): Promise<string> {
    const { sandbox, url } = world;
    const env = { ORCH_API_URL: `${url}/api` };
    writeFileSync(join(sandbox.folder, "flow.ts"), FLOW);
    const built = await sandbox.orch(["deployment", "build", `flow.ts:${name}`, "-n", "d", "-q", "q", "--apply"], {
      env,
    });
    expect([built.code, built.stderr]).toEqual([0, expect.any(String)]);
    const [deployment] = (await (
      await fetch(`${url}/api/deployments/filter`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ flows: { name: { any_: [name] } } }),
      })
    ).json()) as { id: string }[];
    return (await world.send("POST", `/deployments/${deployment?.id}/create_flow_run`, { name: `${name}-run` })).id;
  }

  test(
    "ui 15: its log is followed until the reader scrolls up; it is cancelled from its page",
    async () => {
      const { page, open, faults, close } = await world.openPage();
      const id = await deploy("talks");
      await open(toPage(id));
      await page.locator("main .notice").getByText(/agent/).first().waitFor();
      const agent = world.sandbox.start(["agent", "start", "-q", "q"], { ORCH_API_URL: `${world.url}/api` });
      await page.waitForFunction(() =>
        [...document.querySelectorAll<HTMLElement>(".log-row")].some((row) => Number(row.dataset["position"]) > 120),
      );
      await button(page, "Following").waitFor();
      await box(page).hover();
      await page.mouse.wheel(0, -200);
      await button(page, "Follow").waitFor();
      const top = () => box(page).evaluate((element) => element.scrollTop);
      const height = () => box(page).evaluate((element) => element.scrollHeight);
      const [stays, before] = [await top(), await height()];
      await page.waitForFunction(
        (least) => (document.querySelector(".log-box")?.scrollHeight ?? 0) > least + 600,
        before,
      );
      expect(Math.abs((await top()) - stays)).toBeLessThan(500); // the log has grown by more
      await button(page, "Follow").click();
      await page.waitForFunction((from) => (document.querySelector(".log-box")?.scrollTop ?? 0) > from + 600, stays);
      await button(page, "Following").waitFor();
      // The top is another place than the newest line.
      await button(page, "To the top").click();
      await button(page, "Follow").waitFor();
      await sees(page, 0);
      await button(page, "Cancel").click();
      await button(page, "Cancel the run").click();
      await page.locator("main").getByText("Cancelled", { exact: true }).first().waitFor();
      await button(page, "Retry").waitFor();
      expect(faults()).toEqual([]);
      await agent.stop("SIGINT");
      await close();
    },
    LIMIT,
  );

  test(
    "a failed run shows the first line of its error, and its log to the last line, without a reload",
    async () => {
      const { page, open, faults, close } = await world.openPage();
      const id = await deploy("fails");
      await open(toPage(id));
      const agent = world.sandbox.start(["agent", "start", "-q", "q"], { ORCH_API_URL: `${world.url}/api` });
      await page.locator(".run-error").getByText("the partner hung up").waitFor();
      await page.getByText("about to fail").waitFor();
      await page.getByText(/Finished in state Failed/).waitFor();
      expect(faults()).toEqual([]);
      await agent.stop("SIGINT");
      await close();
    },
    LIMIT,
  );
});
