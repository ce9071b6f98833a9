// The frame of the web UI: palette, keys, theme, zone, toasts, what happens when the server goes, a key, a sub-path.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createWebWorld, possible, settled, type WatchedPage, type WebWorld } from "./world.ts";

let world: WebWorld;
let watched: WatchedPage;
beforeAll(async () => {
  if (!possible) return;
  world = await createWebWorld();
  watched = await world.openPage();
});
afterAll(() => world?.close());

const LIMIT = 60_000;

describe.skipIf(!possible)("the frame", () => {
  test(
    "the palette goes to a deployment that is typed in part",
    async () => {
      const { page, open, faults, barriers } = watched;
      await open("/flows");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill("nightprod");
      await page.getByRole("option", { name: "nightly-report/production Deployment" }).waitFor();
      expect(await barriers()).toEqual([]);
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/deployments/deployment/${world.data.deployment}`);
      await page.locator("dialog[open]").waitFor({ state: "detached" });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "the palette finds a run on the server, and a variable by its name",
    async () => {
      const { page, open, faults } = watched;
      await open("/flows");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill("broken");
      await page.getByRole("option", { name: "broken-run Run" }).waitFor();
      await page.getByRole("combobox").fill("colour");
      await page.getByRole("option", { name: "colour Variable" }).click();
      await page.waitForURL("**/variables?search=colour");
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "g v goes to the variables, ? shows the keys, Escape gives the focus back",
    async () => {
      const { page, open } = watched;
      await open("/flows");
      // Both are under way at once: between them no time passes.
      await Promise.all([page.keyboard.press("g"), page.keyboard.press("v")]);
      await page.waitForURL("**/variables");
      await page.getByText("petrol").waitFor(); // the keys of the rows are those of the page, too
      await page.getByRole("button", { name: "New variable" }).focus();
      await page.keyboard.press("?");
      await page.getByText("Go to Deployments").waitFor();
      await page.getByText("Next row").waitFor();
      await page.keyboard.press("Escape");
      await page.getByText("Go to Deployments").waitFor({ state: "detached" });
      const focused = await page.evaluate(() => document.activeElement?.textContent);
      expect(focused).toBe("New variable");
    },
    LIMIT,
  );

  test(
    "j and Enter open a row, and Back comes back",
    async () => {
      const { page, open } = watched;
      await open("/flows");
      await page.getByText("nightly-report").waitFor();
      await page.keyboard.press("j");
      await page.waitForFunction(() => document.activeElement?.tagName === "TR");
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/flows/flow/${world.data.flow}`);
      await page.goBack();
      await page.waitForURL("**/flows");
      await page.getByRole("heading", { name: "Flows" }).waitFor();
    },
    LIMIT,
  );

  test(
    "dark is chosen, kept, and there before the first paint",
    async () => {
      const { page, open, close } = await world.openPage();
      await open("/flows");
      await page.getByRole("button", { name: "Colours, compact rows" }).click();
      await page.getByRole("menuitem", { name: "Dark", exact: true }).click();
      const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const dark = await ground();
      await page.addInitScript(() => {
        new MutationObserver((_, observer) => {
          if (!document.body) return;
          observer.disconnect();
          Object.assign(globalThis, { themeBefore: document.documentElement.dataset["theme"] }); // nothing is painted yet
        }).observe(document, { childList: true, subtree: true });
      });
      await open("/variables");
      expect(await page.evaluate(() => (globalThis as { themeBefore?: string }).themeBefore)).toBe("dark"); // set above
      expect(await ground()).toBe(dark);
      await close();
    },
    LIMIT,
  );

  test(
    "the key z shows times in UTC",
    async () => {
      const { page, open, close } = await world.openPage({ timezoneId: "Asia/Tokyo" });
      await open("/flows");
      await page.getByRole("button", { name: "Asia/Tokyo" }).waitFor();
      const exact = async () => {
        await page.mouse.move(0, 0);
        await page.locator("time").first().hover();
        return page.locator("time").first().getAttribute("title");
      };
      expect(await exact()).toContain("GMT+9");
      await page.keyboard.press("z");
      await page.getByRole("button", { name: "UTC" }).waitFor();
      expect(await exact()).toContain("UTC");
      await close();
    },
    LIMIT,
  );

  test(
    "a page that fails leaves the frame, and the next one works",
    async () => {
      const { page, open, close } = await world.openPage();
      // An answer in a shape that no page expects.
      await page.route("**/api/flows/filter", (route) => route.fulfill({ json: [null] }));
      await page.goto(`${world.url}/flows`);
      await page.getByText("This page failed.").waitFor();
      await page.getByRole("link", { name: "Variables" }).click();
      await page.getByText("petrol").waitFor();
      expect(await page.getByText("This page failed.").count()).toBe(0);
      await open("/nowhere");
      await close();
    },
    LIMIT,
  );
});

describe.skipIf(!possible)("when a read fails", () => {
  test(
    "the old rows stay, a sentence says so, and it heals by itself",
    async () => {
      const { page, open, close } = await world.openPage();
      await open("/variables");
      await page.getByText("petrol").waitFor();
      await page.route("**/api/variables/filter", (route) => route.abort());
      await page.getByRole("button", { name: "New variable" }).click();
      await page.getByLabel("Name", { exact: true }).fill("shade");
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByRole("alert").getByText("The server cannot be reached.").waitFor();
      expect(await page.getByText("petrol").count()).toBe(1);
      await page.unroute("**/api/variables/filter");
      await page.getByRole("button", { name: "shade", exact: true }).waitFor();
      expect(await page.getByText("The server cannot be reached.").count()).toBe(0);
      await close();
    },
    LIMIT,
  );

  test(
    "a cut stream is said in the top bar, and heals by itself",
    async () => {
      const { page, open, close } = await world.openPage();
      await page.route("**/api/orch/events*", (route) => route.abort());
      await open("/flows");
      await page.getByText("Reconnecting…").waitFor();
      await page.unroute("**/api/orch/events*");
      await page.getByText("live", { exact: true }).waitFor();
      await close();
    },
    LIMIT,
  );

  test(
    "a page that was never loaded says that the server is away, and is there when it is back",
    async () => {
      const { page, open, close } = await world.openPage();
      await open("/flows");
      await page.getByText("live", { exact: true }).waitFor();
      const flow = page.locator("tbody tr.row a").first();
      const name = (await flow.textContent()) ?? "";
      const start = await world.stopServer();
      await flow.click();
      await page.getByText("The server cannot be reached. This page is loaded when it answers again.").waitFor();
      await start();
      await page.getByRole("heading", { name, level: 1 }).waitFor();
      await close();
    },
    LIMIT,
  );
});

describe.skipIf(!possible)("a server with a key", () => {
  let locked: WebWorld;
  beforeAll(async () => {
    if (possible) locked = await createWebWorld({ ORCH_SERVER_API_KEY: "open-sesame" }, false);
  });
  afterAll(() => locked?.close());

  test(
    "ui 26: asks for it, refuses a wrong one in a sentence, and lets in with the right one",
    async () => {
      const { page, barriers, close } = await locked.openPage();
      await page.goto(`${locked.url}/variables`);
      await page.getByLabel("API key").fill("guess");
      expect(await barriers()).toEqual([]);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("The server does not take this key.").waitFor();
      await page.getByLabel("API key").fill("open-sesame");
      await page.keyboard.press("Enter");
      await page.getByText("There are no variables yet.").waitFor();
      await page.getByText("live", { exact: true }).waitFor();
      await page.reload();
      await page.getByText("There are no variables yet.").waitFor();
      await close();
    },
    LIMIT,
  );

  test(
    "shows its API's reference after the key, which no address and no page says; signing out forgets it",
    async () => {
      const { page, barriers, close } = await locked.openPage();
      const addresses: string[] = [];
      page.on("request", (request) => addresses.push(request.url()));
      await page.goto(`${locked.url}/docs`);
      await page.getByLabel("API key").fill("open-sesame");
      await page.keyboard.press("Enter");
      await page.getByText("/api/deployments/{id}", { exact: true }).first().waitFor();
      expect(page.url()).toBe(`${locked.url}/api-reference`);
      await page.getByLabel("Search calls").fill("readDeploymentByName");
      await page.waitForURL(/readDeploymentByName/);
      await page.getByText("readDeploymentByName").click();
      await page.getByRole("heading", { name: "It answers 200, application/json" }).waitFor();
      expect(await barriers()).toEqual([]);
      const [saved] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "openapi.json" }).click(),
      ]);
      expect(saved.suggestedFilename()).toBe("openapi.json");
      expect([...addresses, await page.content()].filter((text) => text.includes("open-sesame"))).toEqual([]);
      await page.getByRole("link", { name: "Settings" }).click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByLabel("API key").waitFor();
      expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("open-sesame");
      await close();
    },
    LIMIT,
  );
});

/** A proxy that puts the server below `/tools/orch`; one kind strips that path, the other leaves it in place. */
function proxyTo(url: string, strips: boolean): Bun.Server<undefined> {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    fetch(request) {
      const { pathname, search } = new URL(request.url);
      if (!`${pathname}/`.startsWith("/tools/orch/")) return new Response("Not of orch.", { status: 404 });
      const path = strips ? pathname.slice("/tools/orch".length) : pathname;
      const headers = new Headers(request.headers);
      for (const name of ["host", "origin"]) headers.delete(name);
      const body = request.body === null ? {} : { body: request.body };
      return fetch(url + path + search, {
        method: request.method,
        headers,
        signal: request.signal,
        decompress: false,
        redirect: "manual",
        ...body,
      });
    },
  });
}

describe.skipIf(!possible)("below a sub-path", () => {
  const cases: [kind: string, strips: boolean, env: Record<string, string>][] = [
    ["a proxy that strips it, with nothing configured", true, {}],
    ["a proxy that leaves it, with ORCH_UI_BASE_PATH", false, { ORCH_UI_BASE_PATH: "/tools/orch" }],
  ];
  for (const [kind, strips, env] of cases) {
    test(
      `ui 27: behind ${kind}`,
      async () => {
        const behind = await createWebWorld(env);
        const proxy = proxyTo(behind.url, strips);
        const base = `http://127.0.0.1:${proxy.port}/tools/orch`;
        const { page, faults } = await behind.openPage({ host: base });
        await page.goto(`${base}/flows/flow/${behind.data.flow}`);
        await page.getByRole("link", { name: "Variables" }).click();
        await page.getByText("petrol").waitFor();
        expect(page.url()).toBe(`${base}/variables`);
        await page.getByText("live", { exact: true }).waitFor();
        await page.reload();
        await page.getByText("petrol").waitFor();
        await page.goBack();
        await page.waitForURL(`${base}/flows/flow/${behind.data.flow}`);
        await settled(page);
        // Redirects of the API stay below the path, whoever follows them.
        const counted = await fetch(`${base}/api/flows/filter/`, { method: "POST" });
        expect([counted.status, counted.redirected, counted.url]).toEqual([200, true, `${base}/api/flows/filter`]);
        await page.goto(`${base}/`);
        await page.waitForURL(`${base}/flow-runs`);
        await page.getByRole("link", { name: "API reference" }).click();
        await page.getByText("/api/flows/filter", { exact: true }).waitFor();
        if (!strips) {
          await page.goto(base);
          await page.waitForURL(`${base}/flow-runs`);
        }
        expect(faults()).toEqual([]);
        await proxy.stop(true);
        await behind.close();
      },
      LIMIT,
    );
  }
});
