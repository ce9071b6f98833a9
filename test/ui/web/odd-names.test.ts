// Names that mean something else in an address: `.`, `..`, `#`, `?`, signs of every kind. Their pages open from links, after a reload and by Back.
import { describe, expect, test } from "bun:test";
import { expectSoon, LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

const NAMES = [".", "..", "...", "#", "?", "a?b#c", "a b+c", "ä;=", "👋🏽", "\\"];
/** As Prefect 2.10.4 does. */
const REFUSED = ["a/b", "%"];

describe.skipIf(!possible)("pools and queues with odd names", () => {
  const shared = shareWorld();
  const heading = (name: string) => shared.page.locator("h1 > :last-child").getByText(name, { exact: true }).waitFor();
  const link = (name: string) => shared.page.locator("main").getByRole("link", { name, exact: true });

  for (const name of NAMES)
    test(
      `${name} is listed, opened, changed and deleted`,
      async () => {
        const { page, open, list, faults, world } = shared;
        await world.send("POST", "/work_pools/", { name });
        await open("/work-pools");
        await link(name).last().click();
        await heading(name);
        await page.reload();
        await heading(name);
        await page.getByRole("link", { name: "New work queue" }).click();
        await page.getByLabel("Name", { exact: true }).fill(name);
        await page.getByRole("button", { name: "Create" }).click();
        await page.getByText(`Created the queue ${name}.`).waitFor();
        await heading(name);
        const address = page.url();
        await page.reload();
        await heading(name);
        await page.getByRole("link", { name: "Change" }).click();
        await page.getByLabel("Runs at once").fill("7");
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByText(`Saved ${name}.`).waitFor();
        expect(page.url()).toBe(address);
        const [pool] = await list<{ id: string }>("/work_pools/filter", { work_pools: { name: { any_: [name] } } });
        const queues = await list<object>("/work_queues/filter", { work_queues: { name: { any_: [name] } } });
        expect(queues).toMatchObject([{ name, concurrency_limit: 7, work_pool_id: pool?.id }]);
        await page.goBack();
        await page.getByRole("button", { name: "Save" }).waitFor();
        await page.goto(address);
        await page.getByRole("button", { name: "Delete" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
        await heading(name); // of the pool
        await page.getByRole("link", { name: "Change" }).click();
        await page.getByLabel("Description").fill("of odd things");
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByText("of odd things").waitFor();
        await page.getByRole("button", { name: `More actions on ${name}` }).click();
        await page.getByRole("menuitem", { name: "Delete" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
        await page.waitForURL(/work-pools$/);
        const body = { work_pools: { name: { any_: [name] } } };
        await expectSoon(() => list("/work_pools/filter", body), []);
        expect(faults()).toEqual([]);
      },
      LIMIT,
    );

  for (const name of REFUSED)
    test(
      `${name} is refused beside its field`,
      async () => {
        const { page, open, faults } = shared;
        await open("/work-pools/create");
        await page.getByLabel("Name", { exact: true }).fill(name);
        await page.getByRole("button", { name: "Create" }).click();
        await page
          .getByRole("alert")
          .getByText(/contains an invalid character/)
          .waitFor();
        faults(); // of the refusal
      },
      LIMIT,
    );

  test(
    "tags of every kind filter the runs, and the slots of their limits are freed",
    async () => {
      const { page, open, faults, world } = shared;
      for (const tag of [".", "..", "a/b", "%", "%2F", "#", "?", "&", "👋🏽"]) {
        await world.send("POST", "/flow_runs/", { flow_id: world.data.flow, name: `tagged-${tag}`, tags: [tag] });
        const limit = await world.send("POST", "/concurrency_limits/", { tag, concurrency_limit: 2 });
        await open(`/flow-runs?range=all&tag=${encodeURIComponent(tag)}`);
        await link(`tagged-${tag}`).waitFor();
        expect(await page.locator("tbody tr.row").count()).toBe(1);
        await page.locator("tbody tr.row").getByRole("link", { name: tag, exact: true }).click();
        await expectSoon(async () => new URL(page.url()).searchParams.getAll("tag"), [tag]);
        await open(`/concurrency-limits/concurrency-limit/${limit.id}`);
        await heading(tag);
        await page.getByRole("button", { name: /^Free/ }).first().click();
        await page.getByRole("dialog").getByRole("button", { name: "Free all slots" }).click();
        await page.getByText(`The slots of ${tag} are free.`).waitFor();
      }
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
