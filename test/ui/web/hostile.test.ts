// What readers do who mean no good or are in a hurry: names with markup, huge values, double clicks, records that are gone,
// addresses that are cut, two tabs on one record, a server that goes and comes back with a key, no network.
import { beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { shareWorld } from "./shared.ts";
import { createWebWorld, possible, settled } from "./world.ts";

const LIMIT = 60_000;
const MARKUP = `<img src=x onerror="document.title='taken'"><b>bold</b>`;
/** What names of flows and pools may have at the worst: the server refuses < > & % and /. */
const NAME = `a"b' #c?d=1+2 {{x}} \\n`;
const NOWHERE = "00000000-0000-4000-8000-000000000000";
const LONG = "a".repeat(10_000);

/** Whether anything is wider than the screen. */
const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

describe.skipIf(!possible)("a reader who tries to break it", () => {
  const shared = shareWorld();
  let flow: string;
  let deployment: string;
  let run: string;
  beforeAll(async () => {
    if (!possible) return;
    const { send } = shared.world;
    flow = (await send("POST", "/flows/", { name: NAME, tags: [MARKUP] })).id;
    const schema = {
      type: "object",
      properties: {
        text: { title: "text", type: "string", default: "" },
        nested: { title: "nested", type: "object", properties: { depth: { type: "integer", title: "depth" } } },
      },
    };
    const made = {
      flow_id: flow,
      name: NAME,
      tags: [MARKUP],
      entrypoint: "a.ts:b",
      description: MARKUP,
      path: "/code",
    };
    const parameters = { text: LONG, nested: { depth: 2, other: [1, 2] }, [MARKUP]: MARKUP };
    deployment = (await send("POST", "/deployments/", { ...made, parameters, parameter_openapi_schema: schema })).id;
    const given = { name: MARKUP, tags: [MARKUP], parameters };
    run = (await send("POST", `/deployments/${deployment}/create_flow_run`, given)).id;
    const state = { type: "FAILED", name: MARKUP, message: MARKUP };
    await send("POST", `/flow_runs/${run}/set_state`, { state, force: true });
    await send("POST", "/variables/", { name: "markup", value: MARKUP, tags: [MARKUP] });
    await send("POST", "/concurrency_limits/", { tag: MARKUP, concurrency_limit: 1 });
    await send("POST", "/artifacts/", {
      key: "markup",
      type: "markdown",
      data: `${MARKUP}\n\n# Head`,
      flow_run_id: run,
    });
    await send("POST", "/artifacts/", { key: "cells", type: "table", data: JSON.stringify([{ [MARKUP]: MARKUP }]) });
    await send("POST", "/work_pools/", { name: NAME });
  }, LIMIT);

  const withMarkup = [
    ...["/flow-runs", "/flows", "/flows/flow/FLOW", "/deployments", "/deployments/deployment/DEPLOYMENT"],
    ...["parameters", "description", "yaml"].map((tab) => `/deployments/deployment/DEPLOYMENT?tab=${tab}`),
    ...["run", "edit"].map((page) => `/deployments/deployment/DEPLOYMENT/${page}`),
    ...["history", "parameters", "artifacts"].map((tab) => `/flow-runs/flow-run/RUN?tab=${tab}`),
    ...["/variables", "/concurrency-limits", "/artifacts/key/markup", "/artifacts/key/cells"],
  ];
  for (const template of withMarkup) {
    test(
      `names and values with markup stay text, and nothing is wider than the screen: ${template}`,
      async () => {
        const { page, open, faults } = shared;
        const path = template.replace("FLOW", flow).replace("DEPLOYMENT", deployment).replace("RUN", run);
        await open(path);
        const mayBeDrawn = path.includes("description") || path.includes("markup") || path.includes("artifacts");
        const drawn = await page.locator("main img, main b:text-is('bold') >> visible=true").count();
        expect(drawn).toEqual(mayBeDrawn ? expect.any(Number) : 0);
        expect(await page.locator("img[src=x], [onerror]").count()).toBe(0);
        expect(await page.title()).not.toBe("taken");
        expect(await page.locator("main").textContent()).not.toContain("[object Object]");
        expect(await overflow(page)).toBe(0);
        // That the policy refuses what Markdown brings is as it should be; the browser says so.
        expect(faults().filter((fault) => !fault.includes("Executing inline event handler"))).toEqual([]);
      },
      LIMIT,
    );
  }

  test(
    "names of 200 letters leave room for what follows them",
    async () => {
      const { page, open } = shared;
      const { send } = shared.world;
      const name = "long-name-".repeat(20);
      const { id: flow_id } = await send("POST", "/flows/", { name });
      const { id } = await send("POST", "/deployments/", { name, flow_id, path: "/code", entrypoint: "a.ts:b" });
      await send("POST", "/variables/", { name: "long".repeat(50), value: "short" });
      const isWhole = (element: Element) => element.getBoundingClientRect().right <= innerWidth;
      for (const width of [1440, 400]) {
        await page.setViewportSize({ width, height: 900 });
        await open(`/deployments/deployment/${id}/run`);
        expect([width, await page.getByText("Custom run").evaluate(isWhole)]).toEqual([width, true]);
        await open("/deployments");
        const link = page.locator("a.main-link", { hasText: name });
        const [flow, own] = [page.locator("a.quiet", { hasText: name }), link];
        const [first, second] = [await flow.boundingBox(), await own.boundingBox()];
        expect([width, (second?.x ?? 0) < 2 * (first?.width ?? 0) + (first?.x ?? 0)]).toEqual([width, true]);
        await open("/variables");
        const ends = page.locator("button.main-link", { hasText: "longlong" });
        const box = await ends.boundingBox();
        const next = await page
          .getByRole("row", { name: /longlong/ })
          .locator("code")
          .boundingBox();
        expect([width, (next?.x ?? 0) >= (box?.x ?? 0) + (box?.width ?? 0)]).toEqual([width, true]);
      }
      await page.setViewportSize({ width: 1440, height: 900 });
    },
    LIMIT,
  );

  test(
    "what is no id is not found, and no read asks for it",
    async () => {
      const { page, open, faults } = shared;
      for (const path of [
        "/flow-runs/flow-run/abc",
        "/flows/flow/1",
        "/blocks/block/x/edit",
        "/notifications/_/edit",
      ]) {
        await open(path);
        await page.getByRole("heading", { name: "Not found" }).waitFor();
        await page.getByText("is not an id, so there is no page at this address.").waitFor();
      }
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "a pool whose name has signs of addresses has a page, an edit page, and queues",
    async () => {
      const { page, open, faults } = shared;
      await open("/work-pools");
      await page.getByRole("link", { name: NAME }).click();
      await page.getByRole("heading", { name: NAME }).waitFor();
      await page.reload();
      await page.getByRole("link", { name: "New work queue" }).click();
      await page.getByLabel("Name", { exact: true }).fill("half #1?");
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByRole("heading", { name: "half #1?" }).waitFor();
      await page.reload();
      await page.getByRole("heading", { name: "half #1?" }).waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ui 22, 23: a custom run starts from the deployment's own values; a long and a nested one arrive as they are",
    async () => {
      const { page, open, list, faults } = shared;
      await open(`/deployments/deployment/${deployment}/run`);
      expect(await page.getByLabel("text", { exact: true }).inputValue()).toBe(LONG);
      await page.getByLabel("depth").fill("3");
      await page.getByLabel("Name", { exact: true }).fill("large");
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.getByRole("heading", { name: "large" }).waitFor();
      const found = { flow_runs: { name: { any_: ["large"] } } };
      const [made] = await list<{ parameters: object }>("/flow_runs/filter", found);
      expect(made?.parameters).toEqual({ text: LONG, nested: { depth: 3, other: [1, 2] }, [MARKUP]: MARKUP });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "an address that is cut within a sign, or names nothing, is a page that says so",
    async () => {
      const { page } = shared;
      const paths = ["/work-pools/work-pool/100%", "/flows/flow/%E0%A4", "/flows/flow/x/y/z", "/artifacts/key/%"];
      for (const path of paths) {
        await page.goto(shared.world.url + path);
        await page.getByRole("heading", { name: "Not found" }).waitFor();
        await page.getByRole("link", { name: "Variables" }).click();
        await page.getByText("petrol").waitFor();
      }
      shared.faults(); // the server may refuse such an address, too
    },
    LIMIT,
  );

  const notThere = [
    ...[
      ...["/flow-runs/flow-run", "/flow-runs/task-run", "/flows/flow", "/deployments/deployment", "/blocks/block"],
      ...["/work-queues/work-queue", "/artifacts/artifact", "/concurrency-limits/concurrency-limit"],
    ].flatMap((path) => [`${path}/${NOWHERE}`, `${path}/abc`]), // the second is no id at all
    ...["/work-pools/work-pool/none", "/work-pools/work-pool/none/edit", "/blocks/catalog/none"],
    ...["/work-pools/work-pool/cluster/queue/none", "/artifacts/key/none", `/notifications/${NOWHERE}/edit`],
    ...[`/deployments/deployment/${NOWHERE}/run`, `/blocks/block/${NOWHERE}/edit`],
  ];
  for (const path of notThere) {
    test(
      `the page of a record that is not there says so: ${path}`,
      async () => {
        const { page } = shared;
        await page.goto(shared.world.url + path);
        await page
          .getByRole("heading", { name: "Not found" })
          .or(page.getByText("This key has no artifacts."))
          .waitFor();
        expect(await page.locator("h1").count()).toBe(1);
        if (path.includes(NOWHERE))
          await page.getByText(/^There is no [a-z ]+ at this address. It may have been deleted.$/).waitFor();
        shared.faults(); // the refusals themselves
      },
      LIMIT,
    );
  }

  test(
    "a record that is not there leads to its list, and an open row that is not there says so",
    async () => {
      const { page } = shared;
      await page.goto(`${shared.world.url}/deployments/deployment/${NOWHERE}`);
      await page.getByRole("link", { name: "Go to Deployments" }).click();
      await page.getByRole("heading", { name: "Deployments" }).waitFor();
      for (const row of ["abc", NOWHERE]) {
        await page.goto(`${shared.world.url}/flow-runs?row=${row}`);
        await page.getByText("There is no such run. It may have been deleted.").waitFor();
        expect([row, await page.locator("h1").count()]).toEqual([row, 1]);
      }
      shared.faults(); // the refusals themselves
    },
    LIMIT,
  );

  test(
    "many rapid clicks on Run make one run, and on Create one variable",
    async () => {
      const { page, open, list, faults } = shared;
      faults();
      await open(`/deployments/deployment/${shared.world.data.deployment}/run`);
      await page.getByLabel("Name", { exact: true }).fill("once");
      await page.getByRole("button", { name: "Run", exact: true }).click({ clickCount: 4 });
      await page.getByRole("heading", { name: "once" }).waitFor();
      expect(await list("/flow_runs/filter", { flow_runs: { name: { any_: ["once"] } } })).toHaveLength(1);
      await open("/variables");
      await page.getByRole("button", { name: "New variable" }).click();
      await page.getByLabel("Name", { exact: true }).fill("once");
      await page.getByRole("button", { name: "Create" }).click({ clickCount: 4 });
      await page.getByText("Created once.").waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "Back after deleting leads to the page before, not to what is gone",
    async () => {
      const { page, open, faults } = shared;
      const { id } = await shared.world.send("POST", "/flows/", { name: "short-lived" });
      await open("/variables");
      await page.getByRole("link", { name: "Flows", exact: true }).click();
      await page.getByRole("link", { name: "short-lived" }).click();
      await page.waitForURL(`**/flows/flow/${id}`);
      await page.getByRole("button", { name: "Delete" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("Deleted short-lived.").waitFor();
      await page.waitForURL("**/flows");
      await page.goBack();
      await page.waitForURL("**/flows");
      await page.goBack();
      await page.waitForURL("**/variables");
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "a run that is deleted elsewhere keeps its page, and what is pressed there is refused in a sentence",
    async () => {
      const { page, open } = shared;
      const path = `/deployments/${shared.world.data.deployment}/create_flow_run`;
      const { id } = await shared.world.send("POST", path, { name: "pulled-away" });
      await open(`/flow-runs/flow-run/${id}`);
      await shared.world.send("DELETE", `/flow_runs/${id}`);
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "Cancel the run" }).click();
      await page
        .locator(".toast.bad")
        .getByText(/not found/i)
        .waitFor();
      await page.getByRole("heading", { name: "pulled-away" }).waitFor();
      await page.reload();
      await page.getByRole("heading", { name: "Not found" }).waitFor();
      shared.faults(); // the refusals themselves
    },
    LIMIT,
  );

  test(
    "a deployment that is deleted elsewhere says so in its open page",
    async () => {
      const { page, open } = shared;
      const { id } = await shared.world.send("POST", "/deployments/", {
        flow_id: flow,
        name: "gone",
        entrypoint: "a:b",
      });
      await open(`/deployments/deployment/${id}`);
      await shared.world.send("DELETE", `/deployments/${id}`);
      await page
        .getByText(/deleted|not found/i)
        .first()
        .waitFor();
      shared.faults(); // the refusals themselves
    },
    LIMIT,
  );

  test(
    "two tabs that change the same deployment do not undo each other",
    async () => {
      const { page, open, read, faults } = shared;
      const path = `/deployments/${deployment}`;
      await open(`/deployments/deployment/${deployment}/edit`);
      const other = await shared.world.openPage();
      await other.open(`/deployments/deployment/${deployment}/edit`);
      await other.page.getByLabel("Description").fill("from the other tab");
      await other.page.getByRole("button", { name: "Save" }).click();
      await other.page.getByText(/^Saved/).waitFor();
      await page.getByText("It was changed elsewhere").waitFor();
      await page.getByLabel("Tags").fill("mine");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText(/^Saved/).waitFor();
      expect(await read<object>(path)).toMatchObject({ description: "from the other tab", tags: ["mine"] });
      await other.close();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "without a network what is pressed says so, what was typed stays, and it goes on by itself",
    async () => {
      const { page, open, close } = await shared.world.openPage();
      await open("/variables");
      await page.getByText("live", { exact: true }).waitFor();
      await page.getByRole("button", { name: "New variable" }).click();
      await page.getByLabel("Name", { exact: true }).fill("offline");
      await page.context().setOffline(true);
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByRole("dialog").getByText("The server cannot be reached.").waitFor();
      await page.context().setOffline(false);
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByText("Created offline.").waitFor();
      await close();
    },
    LIMIT,
  );
});

describe.skipIf(!possible)("a server that goes while a page is open", () => {
  test(
    "ui 26: comes back with news and with a key: the page asks for it, and then shows the news",
    async () => {
      const world = await createWebWorld({}, false);
      const { page, close } = await world.openPage();
      await page.goto(`${world.url}/variables`);
      await page.getByText("There are no variables yet.").waitFor();
      await page.getByText("live", { exact: true }).waitFor();
      const startAgain = await world.stopServer();
      await page.getByText("Reconnecting…").waitFor();
      await startAgain({ ORCH_SERVER_API_KEY: "new-key" });
      await page.getByLabel("API key").fill("old-key");
      await page.keyboard.press("Enter");
      await page.getByText("The server does not take this key.").waitFor();
      await page.getByLabel("API key").fill("new-key");
      await page.keyboard.press("Enter");
      await page.getByText("There are no variables yet.").waitFor();
      const headers = { authorization: "Bearer new-key", "content-type": "application/json" };
      const body = JSON.stringify({ name: "later", value: "1" });
      await fetch(`${world.url}/api/variables/`, { method: "POST", headers, body });
      await page.reload();
      await page.getByRole("button", { name: "later", exact: true }).waitFor();
      await settled(page);
      await close();
      await world.close();
    },
    LIMIT,
  );
});
