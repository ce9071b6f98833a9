// States that a page is seldom in, each with the way to it: empty, loading, failing, gone, long-named, signing in, and what floats above.
// `bun run ui:shots` makes pictures of them, special-states.test.ts looks for barriers. A new state is a line here.
import type { Page, Route } from "playwright-core";
import { addSpecialData, type SpecialData } from "./special-data.ts";
import { createWebWorld, type WatchedPage, type WebWorld } from "./world.ts";

/** The servers that they are states of: with something on every page, with nothing, and one that asks for a key. */
export interface SpecialWorlds {
  seeded: WebWorld;
  empty: WebWorld;
  keyed: WebWorld;
  data: SpecialData;
  close(): Promise<void>;
}

export const KEY = "open-sesame";

export async function createSpecialWorlds(): Promise<SpecialWorlds> {
  const seeded = await createWebWorld();
  const empty = await createWebWorld({}, false);
  const keyed = await createWebWorld({ ORCH_SERVER_API_KEY: KEY }, false);
  const data = await addSpecialData(seeded);
  return {
    ...{ seeded, empty, keyed, data },
    async close() {
      for (const world of [seeded, empty, keyed]) await world.close();
    },
  };
}

export interface SpecialState {
  name: string;
  world: "seeded" | "empty" | "keyed";
  /** Brings a new page into it. */
  show(on: WatchedPage, data: SpecialData, world: WebWorld): Promise<void>;
}

type Way = (page: Page, data: SpecialData) => Promise<void>;

/** Opens a page of the seeded server, and does something on it. */
const at = (name: string, path: (data: SpecialData) => string, way: Way = async () => {}): SpecialState => ({
  ...{ name, world: "seeded" },
  async show({ page, open }, data) {
    await open(path(data));
    await way(page, data);
  },
});

const empty = (name: string, path: string): SpecialState => ({
  ...{ name: `empty-${name}`, world: "empty" },
  show: ({ open }) => open(path),
});

const READS = /\/api\/(?!orch\/events)/;

/** Opens a page whose reads are answered in another way. */
const answered = (
  name: string,
  path: (data: SpecialData) => string,
  answer: (route: Route) => Promise<void>,
  shown: string,
): SpecialState => ({
  ...{ name, world: "seeded" },
  async show({ page }, data, { url }) {
    await page.route(READS, answer);
    await page.goto(url + path(data));
    await page.locator(shown).first().waitFor();
  },
});

const loading = (name: string, path: (data: SpecialData) => string) =>
  answered(`loading-${name}`, path, () => new Promise(() => {}), ".skeleton");
const FAILURE = { status: 500, contentType: "application/json", body: '{"detail": "The disk is full."}' };
const failing = (name: string, path: (data: SpecialData) => string) =>
  answered(`failing-${name}`, path, (route) => route.fulfill(FAILURE), ".notice.bad");

const NOWHERE = "00000000-0000-4000-8000-000000000000";
const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first().click();

export const SPECIAL_STATES: readonly SpecialState[] = [
  ...(
    [
      ["runs", "/flow-runs"],
      ["deployments", "/deployments"],
      ["flows", "/flows"],
      ["pools", "/work-pools"],
      ["queues", "/work-queues"],
      ["blocks", "/blocks"],
      ["variables", "/variables"],
      ["notifications", "/notifications"],
      ["create-notification", "/notifications/create"],
      ["limits", "/concurrency-limits"],
      ["artifacts", "/artifacts"],
    ] as const
  ).map(([name, path]) => empty(name, path)),
  at("nothing-found", () => "/flow-runs?search=nothing-is-called-so"),
  at("no-parameters", ({ bare }) => `/deployments/deployment/${bare}?tab=parameters`),
  at("no-log", ({ late }) => `/flow-runs/flow-run/${late}`),

  loading("runs", () => "/flow-runs"),
  loading("flow-run", ({ runs }) => `/flow-runs/flow-run/${runs.completed}`),
  loading("deployments", () => "/deployments"),
  loading("deployment", ({ deployment }) => `/deployments/deployment/${deployment}`),
  {
    ...failing("runs", () => "/flow-runs"),
    async show(on, data, world) {
      await failing("runs", () => "/flow-runs").show(on, data, world);
      // No room is kept for what does not come.
      await on.page.locator(".run-dots").waitFor({ state: "detached" });
    },
  },
  failing("flow-run", ({ runs }) => `/flow-runs/flow-run/${runs.completed}`),
  failing("deployments", () => "/deployments"),
  {
    ...{ name: "failing-later", world: "seeded" },
    async show({ page, open }) {
      await open("/variables");
      await page.route(READS, (route) => route.abort());
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await press(page, /New variable/);
      await page.getByLabel("Name", { exact: true }).fill("unsaved");
      await page.getByLabel("Value", { exact: true }).fill("typed");
      await press(page, /^(Create|Save)$/);
      await page.getByText("The server cannot be reached.").first().waitFor();
    },
  },

  at("gone-flow-run", () => `/flow-runs/flow-run/${NOWHERE}`),
  at("gone-deployment", () => `/deployments/deployment/${NOWHERE}`),
  at("gone-pool", () => "/work-pools/work-pool/nowhere"),
  at("gone-block", () => `/blocks/block/${NOWHERE}`),
  at("no-id", () => "/flow-runs/flow-run/not-an-id"),

  at("long-runs", () => "/flow-runs?tag=long"),
  at("long-flow-run", ({ long }) => `/flow-runs/flow-run/${long}`),
  at("long-parameters", ({ long }) => `/flow-runs/flow-run/${long}?tab=parameters`),
  at("long-deployments", () => "/deployments?search=long"),
  at("long-deployment", ({ longDeployment }) => `/deployments/deployment/${longDeployment}`),
  at("long-variables", () => "/variables?search=long"),

  at("waits-for-agent", ({ late }) => `/flow-runs/flow-run/${late}`),
  at("paused-run", ({ runs }) => `/flow-runs/flow-run/${runs.paused}`),
  at("running-run", ({ runs }) => `/flow-runs/flow-run/${runs.running}`),
  at("failed-run", ({ runs }) => `/flow-runs/flow-run/${runs.failed}`),
  at("crashed-run", ({ crashed }) => `/flow-runs/flow-run/${crashed}`),
  at("all-states", () => "/flow-runs?tag=states&range=all"),

  at(
    "run-form-faults",
    ({ ruled }) => `/deployments/deployment/${ruled}/run`,
    async (page) => {
      await page.getByLabel("code", { exact: true }).fill("ab");
      await page.getByLabel("price", { exact: true }).fill("0.12");
      for (const _ of "ab") await press(page, "Add one");
      await page.getByText(/is there twice/).waitFor();
    },
  ),
  at(
    "run-form-json",
    ({ ruled }) => `/deployments/deployment/${ruled}/run`,
    async (page) => {
      await page.getByLabel("JSON", { exact: true }).check();
      await page.getByLabel("Parameters as JSON").fill('{"code": "ab"');
      await page.getByText(/^This is not JSON yet/).waitFor();
    },
  ),
  at(
    "edit-defaults",
    ({ ruled }) => `/deployments/deployment/${ruled}/edit`,
    async (page) => {
      await page.getByRole("heading", { name: "Parameters" }).scrollIntoViewIfNeeded();
    },
  ),
  at(
    "job-template",
    () => "/work-pools/create",
    async (page) => {
      await page.getByLabel("Type").selectOption("docker");
      await page.getByText("Base job template", { exact: true }).first().scrollIntoViewIfNeeded();
    },
  ),
  at(
    "confirm-delete",
    () => "/variables",
    async (page) => {
      await page.locator("tbody tr.row").first().getByRole("checkbox").check();
      await page.getByLabel("Picked rows").getByRole("button", { name: "Delete" }).click();
      await page.getByRole("dialog").waitFor();
    },
  ),
  at(
    "variable-dialog",
    () => "/variables",
    (page) => press(page, /New variable/),
  ),
  at(
    "limit-dialog",
    () => "/concurrency-limits",
    (page) => press(page, /New/),
  ),
  at(
    "schedule-dialog",
    ({ deployment }) => `/deployments/deployment/${deployment}?tab=schedule`,
    async (page) => {
      await press(page, "Change the schedule");
      await page.getByRole("dialog").locator("tbody tr").first().waitFor();
    },
  ),
  at(
    "state-dialog",
    ({ runs }) => `/flow-runs/flow-run/${runs.failed}`,
    async (page) => {
      await press(page, /^More actions/);
      await page.getByRole("menuitem", { name: /state/i }).first().click();
      await page.getByRole("dialog").waitFor();
    },
  ),
  at(
    "bulk-bar",
    () => "/flow-runs",
    async (page) => {
      await page.locator("tbody tr.row").first().getByRole("checkbox").check();
    },
  ),
  at(
    "peek",
    () => "/flow-runs",
    async (page) => {
      await page.locator("tbody tr.row").first().focus();
      await page.keyboard.press("Space");
      await page.locator(".with-peek.is-open h2").first().waitFor();
    },
  ),
  at(
    "row-menu",
    () => "/deployments",
    async (page) => {
      await page.locator("tbody tr.row .menu-cell button").first().click();
    },
  ),
  at(
    "state-filter",
    () => "/flow-runs",
    (page) => press(page, /^State/),
  ),
  at(
    "range-menu",
    () => "/flow-runs",
    (page) => press(page, /^Last 7 days/),
  ),
  at(
    "palette",
    () => "/flow-runs",
    async (page) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").getByRole("combobox").fill("report");
      await page.getByRole("option").first().waitFor();
    },
  ),
  at(
    "keys",
    () => "/flow-runs",
    async (page) => {
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
    },
  ),
  at(
    "toast",
    () => "/work-pools",
    async (page) => {
      const flip = page.getByRole("switch", { name: "Work pool cluster" });
      await flip.click();
      await page.getByText("cluster is paused: no agent gets its runs.").waitFor();
      await flip.click();
    },
  ),
  {
    ...{ name: "reconnecting", world: "seeded" },
    async show({ page, open }) {
      // What is cut stays so, as each way back is.
      await page.route("**/api/orch/events**", (route) => route.abort());
      await open("/flow-runs");
      await page.getByText("Reconnecting…").waitFor();
    },
  },

  {
    name: "sign-in",
    world: "keyed",
    show: ({ page }, _, { url }) => page.goto(`${url}/flow-runs`).then(() => page.getByLabel("API key").waitFor()),
  },
  {
    ...{ name: "sign-in-refused", world: "keyed" },
    async show({ page }, _, { url }) {
      await page.goto(`${url}/flow-runs`);
      await page.getByLabel("API key").fill("guess");
      await page.keyboard.press("Enter");
      await page.getByText("The server does not take this key.").waitFor();
    },
  },
  {
    ...{ name: "sign-in-again", world: "keyed" },
    async show({ page }, _, { url }) {
      await page.goto(`${url}/variables`);
      await page.getByLabel("API key").fill(KEY);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Variables", exact: true }).waitFor();
      await page.route(READS, (route) =>
        route.fulfill({ ...FAILURE, status: 401, body: '{"detail": "Unauthorized"}' }),
      );
      await page.reload();
      await page.getByRole("dialog", { name: "Sign in again" }).waitFor();
    },
  },
];
