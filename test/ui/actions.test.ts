// What people do in the UI of Prefect's package, done on our server: the API then says so.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Locator } from "playwright-core";
import { eventually } from "../eventually.ts";
import { createWorld, possible, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  if (possible) world = await createWorld();
});
afterAll(() => world?.close());

const open = (path: string) => world.page.goto(`${world.url}${path}`);
const heading = () => world.page.locator(".page-heading");
const dialog = () => world.page.locator(".p-modal");
/** The control below a label: they are not tied together. */
const field = (within: Locator, label: string) =>
  within.locator(".p-label", { hasText: label }).locator("input, textarea, [contenteditable=true]").first();
const read = async (path: string) => (await world.send("GET", path)) as unknown as Record<string, unknown>;
const list = async (path: string, body: object = {}) =>
  (await world.send("POST", path, body)) as unknown as Record<string, unknown>[];

/** Looks until what was done has arrived. */
const arrives = (look: () => Promise<boolean>) => eventually(look, `${look}`);

const stateOf = async (id: string) => (await read(`/flow_runs/${id}`))["state_name"];

const actions: [what: string, act: () => Promise<void>][] = [
  [
    "a schedule is switched off and on",
    async () => {
      const path = `/deployments/${world.data.deployment}`;
      await open(`/deployments/deployment/${world.data.deployment}`);
      await heading().getByRole("switch").click();
      await arrives(async () => (await read(path))["is_schedule_active"] === false);
      await heading().getByRole("switch", { checked: false }).waitFor(); // else the next click says the same again
      await heading().getByRole("switch").click();
      await arrives(async () => (await read(path))["is_schedule_active"] === true);
    },
  ],
  [
    "a deployment is run at once",
    async () => {
      await open(`/deployments/deployment/${world.data.deployment}`);
      await heading().getByRole("button", { name: "Run" }).click();
      await world.page.getByText("Quick run").click();
      const found = { flow_runs: { state: { name: { any_: ["Scheduled"] } } }, sort: "ID_DESC", limit: 50 };
      await arrives(async () =>
        (await list("/flow_runs/filter", found)).some(({ state }) =>
          JSON.stringify(state).includes("Run from the Prefect UI with defaults"),
        ),
      );
    },
  ],
  [
    "a deployment is run with other parameters",
    async () => {
      await open(`/deployments/deployment/${world.data.deployment}/run`);
      const form = world.page.locator("form");
      await field(form, "Name").fill("made-by-hand");
      await form.getByText("Custom", { exact: true }).first().click();
      await field(form, "size").fill("12");
      await form.getByRole("button", { name: "Run" }).click();
      const found = { flow_runs: { name: { any_: ["made-by-hand"] } } };
      await arrives(async () => (await list("/flow_runs/filter", found)).length === 1);
      const [run] = await list("/flow_runs/filter", found);
      expect(run?.["parameters"]).toMatchObject({ name: "Arthur", size: 12 });
    },
  ],
  [
    "a run is cancelled",
    async () => {
      const id = world.data.runs.running;
      await open(`/flow-runs/flow-run/${id}`);
      await heading().getByRole("button", { name: "Cancel" }).click();
      await dialog().getByRole("button", { name: "Confirm" }).click();
      await arrives(async () => (await stateOf(id)) === "Cancelling");
    },
  ],
  [
    "a failed run is tried again",
    async () => {
      const id = world.data.runs.failed;
      await open(`/flow-runs/flow-run/${id}`);
      await heading().getByRole("button", { name: "Retry" }).click();
      await dialog().getByRole("button", { name: "Retry" }).click();
      await arrives(async () => (await stateOf(id)) === "AwaitingRetry");
    },
  ],
  [
    "a paused run is resumed",
    async () => {
      const id = world.data.runs.paused;
      await open(`/flow-runs/flow-run/${id}`);
      await heading().getByRole("button", { name: "Resume" }).click();
      await dialog().getByRole("button", { name: "Submit" }).click();
      await arrives(async () => (await stateOf(id)) === "Running");
    },
  ],
  [
    "a run is deleted",
    async () => {
      const id = world.data.runs.scheduled;
      await open(`/flow-runs/flow-run/${id}`);
      await heading().locator(".p-icon-button-menu button").click();
      await world.page.getByText("Delete", { exact: true }).click();
      await dialog().getByRole("button", { name: "Delete" }).click();
      await arrives(async () => (await fetch(`${world.url}/api/flow_runs/${id}`)).status === 404);
    },
  ],
  [
    "a pool of processes is made, and paused",
    async () => {
      await open("/work-pools/create");
      await field(world.page.locator("form"), "Name").fill("factory");
      await world.page.getByText("Prefect Agent").click();
      await world.page.getByText("Process", { exact: true }).click();
      await world.page.getByRole("button", { name: "Create" }).click();
      await world.page.waitForURL(/work-pool\/factory/);
      const pool = await read("/work_pools/factory");
      expect(pool["type"]).toBe("process");
      expect(JSON.stringify(pool["base_job_template"])).toContain("{{ command }}");
      await heading().getByRole("switch").click();
      await arrives(async () => (await read("/work_pools/factory"))["is_paused"] === true);
    },
  ],
  [
    "a variable is made",
    async () => {
      await open("/variables");
      await heading().getByRole("button").first().click();
      await field(dialog(), "Name").fill("size");
      await field(dialog(), "Value").fill("xl");
      await dialog().getByRole("button", { name: "Create" }).click();
      await world.page.getByText("xl").first().waitFor();
      expect(await read("/variables/name/size")).toMatchObject({ value: "xl" });
    },
  ],
  [
    "a secret is saved, and comes back as asterisks",
    async () => {
      await open("/blocks/catalog/secret/create");
      await field(world.page.locator("form"), "Block Name").fill("api-token");
      await field(world.page.locator("form"), "Value").fill("hush");
      await world.page.getByRole("button", { name: "Create" }).click();
      await world.page.waitForURL(/blocks\/block\//);
      const path = "/block_types/slug/secret/block_documents/name/api-token";
      expect(await read(path)).toMatchObject({ data: { value: "********" } });
      expect(await read(`${path}?include_secrets=true`)).toMatchObject({ data: { value: "hush" } });
    },
  ],
  [
    "a notification is made",
    async () => {
      await open("/notifications/create");
      await world.page.getByText("Slack Webhook").click();
      await field(world.page.locator("form"), "Webhook URL").fill("https://hooks.example.com/x");
      await world.page.getByRole("button", { name: "Create" }).click();
      await world.page.waitForURL(/notifications$/);
      const found = { flow_run_notification_policy_filter: { is_active: null } };
      expect(await list("/flow_run_notification_policies/filter", found)).toHaveLength(2);
    },
  ],
  [
    "a notification by mail is made, of orch's own type of block",
    async () => {
      await open("/notifications/create");
      await world.page.getByText("Email", { exact: true }).click();
      const form = world.page.locator("form");
      await field(form, "SMTP Server").fill("mail.example.com");
      await field(form, "Password").fill("hush");
      await field(form, "From").fill("orch@example.com");
      const to = form.locator(".schema-form-property").last();
      await to.locator(".p-select-button").click();
      await world.page.keyboard.type("ops@example.com");
      await world.page.keyboard.press("Enter");
      await world.page.keyboard.press("Escape");
      await world.page.getByRole("button", { name: "Create" }).click();
      await world.page.waitForURL(/notifications$/);
      const found = { flow_run_notification_policy_filter: { is_active: null } };
      const policy = (await list("/flow_run_notification_policies/filter", found)).at(-1);
      const block = await read(`/block_documents/${policy?.["block_document_id"]}?include_secrets=true`);
      expect(block).toMatchObject({ data: { smtp_server: "mail.example.com", email_to: "ops@example.com" } });
    },
  ],
  [
    "a limit is added",
    async () => {
      await open("/concurrency-limits");
      await heading().getByRole("button").first().click();
      await field(dialog(), "Tag").fill("gpu");
      await field(dialog(), "Concurrency Limit").fill("2");
      await dialog().getByRole("button", { name: "Add" }).click();
      await arrives(async () => (await list("/concurrency_limits/filter")).some(({ tag }) => tag === "gpu"));
    },
  ],
];

describe.skipIf(!possible)("in the UI", () => {
  for (const [what, act] of actions) {
    test(what, async () => {
      world.news();
      await act();
      await world.page.waitForLoadState("networkidle");
      expect(world.news()).toEqual([]);
    }, 60_000);
  }
});
