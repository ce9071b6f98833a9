// Deployments: run with other parameters from the form, with an agent that executes it; schedule changed and switched; deleted.
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

async function read<T>(path: string): Promise<T> {
  return (await (await fetch(`${world.url}/api${path}`)).json()) as T; // the test names what it reads
}

describe.skipIf(!possible)("deployments", () => {
  test(
    "a custom run takes what was changed in the form, and the form and its JSON hold the same",
    async () => {
      const { page, open, faults, barriers } = watched;
      await open(`/deployments/deployment/${world.data.deployment}/run`);
      expect(await page.getByLabel("name", { exact: true }).inputValue()).toBe("Arthur"); // 22: the deployment's own, not the flow's
      await page.getByLabel("size").fill("many");
      await page.getByText("A whole number.").waitFor();
      await page.getByLabel("size").fill("7");
      await page.getByLabel("JSON").check();
      const text = page.getByLabel("Parameters as JSON");
      expect(JSON.parse(await text.inputValue())).toEqual({ name: "Arthur", size: 7 });
      await text.fill('{"name": "Trillian", "size": 12345678901234567890}');
      await page.getByLabel("Form", { exact: true }).check();
      expect(await page.getByLabel("size").inputValue()).toBe("12345678901234567890"); // 23: nothing is lost
      await page.getByRole("button", { name: "Reset to default" }).last().click();
      expect(await page.getByLabel("size").inputValue()).toBe("3");
      await page.getByLabel("Name", { exact: true }).fill("by-hand");
      await page.getByText("orch deployment run nightly-report/production --param").waitFor();
      expect(await barriers()).toEqual([]);
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.getByRole("heading", { name: /by-hand/ }).waitFor();
      const [id] = page.url().split("/").slice(-1);
      const run = await read<{ parameters: object; state: { type: string; message: string } }>(`/flow_runs/${id}`);
      expect(run.parameters).toEqual({ name: "Trillian" }); // the flow's own default is not sent
      expect(run.state).toMatchObject({ type: "SCHEDULED", message: "Created from the UI" });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "a quick run starts at once, and leads to its page",
    async () => {
      const { page, open, faults } = watched;
      await open(`/deployments/deployment/${world.data.deployment}`);
      await page.getByRole("button", { name: "Run", exact: true }).first().click();
      await page.getByRole("menuitem", { name: "Quick run" }).click();
      await page.getByRole("link", { name: "Open", exact: true }).click();
      await page.getByText(/No agent has ever asked work queue 'night'/).waitFor(); // 24: why it waits
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "a schedule is changed with its next runs in sight, refused where it makes no sense, switched, and removed",
    async () => {
      const { page, open, faults, barriers } = watched;
      const { deployment } = world.data;
      await open(`/deployments/deployment/${deployment}?tab=schedule`);
      await page.getByRole("button", { name: "Change the schedule" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Cron", { exact: true }).last().fill("0 25 * * *");
      await dialog.getByRole("alert").waitFor();
      expect(await dialog.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
      await dialog.getByLabel("Cron", { exact: true }).last().fill("30 6 * * 1");
      await dialog.getByText(/06:30/).first().waitFor();
      await dialog.getByText("--cron '30 6 * * 1'").waitFor();
      expect(await barriers()).toEqual([]);
      await dialog.getByRole("button", { name: "Save" }).click();
      await page.getByText("nightly-report/production has a new schedule.").waitFor();
      expect(await read<object>(`/deployments/${deployment}`)).toMatchObject({
        schedule: { cron: "30 6 * * 1", timezone: "Europe/Berlin" },
        is_schedule_active: true,
      });
      await page.getByRole("switch").click();
      await page.getByText(/is off: it makes no runs/).waitFor();
      expect(await read<object>(`/deployments/${deployment}`)).toMatchObject({ is_schedule_active: false });
      await page.getByRole("button", { name: "Remove" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
      await page.getByText("It has no schedule.").waitFor();
      expect(await read<object>(`/deployments/${deployment}`)).toMatchObject({ schedule: null });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "overlap and catch-up are set in words, with the command, beside the schedule and without one",
    async () => {
      const { page, open, faults, barriers } = watched;
      const { deployment } = world.data;
      const policies = async () => {
        const answer = await fetch(`${world.url}/api/orch/run_policies`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ deployment_ids: [deployment] }),
        });
        return (await answer.json()) as object[];
      };
      await open(`/deployments/deployment/${deployment}?tab=schedule`);
      await page.getByText("Every run starts, whatever else is under way and however late it is.").waitFor();
      await page.getByRole("button", { name: "Overlap and catch-up" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel(/^A run that is due/).selectOption("skip");
      await dialog.getByLabel("Runs that could not start in time").selectOption("within");
      await dialog.getByLabel("How late at most").fill("0");
      await dialog.getByText("A number above 0.").waitFor();
      await dialog.getByLabel("How late at most").fill("90");
      await dialog.getByLabel("Unit of how late").selectOption("minutes");
      await dialog.getByText("set-schedule nightly-report/production --overlap skip --catchup 'within 90m'").waitFor();
      expect(await barriers()).toEqual([]);
      await dialog.getByRole("button", { name: "Save" }).click();
      await page.getByText("A run that is due while another one is under way is skipped.").first().waitFor();
      await page.getByText("those that are 1 h 30 min late at most.").first().waitFor();
      expect(await policies()).toMatchObject([{ overlap: "skip", catchup: { within: 5400 } }]);

      await page.getByRole("button", { name: "Add a schedule" }).click();
      await dialog.getByLabel("Cron", { exact: true }).last().fill("0 9 1 * 1");
      await dialog.getByLabel(/^Only days that fit both/).check();
      await dialog.getByLabel("Runs that could not start in time").selectOption("last");
      await dialog.getByText("--cron '0 9 1 * 1' --day-or false --timezone Europe/Berlin --catchup last").waitFor();
      await dialog.getByRole("button", { name: "Save" }).click();
      await page.getByText("Of the runs that could not start in time, only the newest").first().waitFor();
      expect(await policies()).toMatchObject([{ overlap: "skip", catchup: "last" }]);
      const stored = { schedule: { cron: "0 9 1 * 1", day_or: false }, is_schedule_active: true };
      expect(await read<object>(`/deployments/${deployment}`)).toMatchObject(stored);
      await page.getByRole("switch").click();
      await page.getByText(/is off: it makes no runs/).waitFor();
      await page.getByRole("button", { name: "Change the schedule" }).click();
      await dialog.getByLabel("Cron", { exact: true }).last().fill("0 8 * * *");
      await dialog.getByText(/08:00/).first().waitFor();
      await dialog.getByRole("button", { name: "Save" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      // Another schedule leaves the switch as it was.
      expect(await read<object>(`/deployments/${deployment}`)).toMatchObject({ is_schedule_active: false });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "who takes its runs is said on its page and on the form, and so is what its parameters would fail at",
    async () => {
      const { page, open, faults } = watched;
      const { flow, queue } = world.data;
      const made = await world.send("POST", "/deployments/", {
        ...{ flow_id: flow, name: "noted", entrypoint: "flows.py:report", work_queue_name: "night" },
        ...{ parameters: { nmae: "Ada" }, schedule: { cron: "0 5 * * *" } },
        parameter_openapi_schema: { properties: { name: { type: "string" } }, required: ["name"] },
      });
      await open(`/deployments/deployment/${made.id}`);
      await page.getByText("No agent listens to the work queue 'night', so nothing starts until one does.").waitFor();
      await page.getByText("orch agent start -q night").waitFor();
      await page.getByText("The flow has no parameter 'nmae': runs will fail.").waitFor();
      await page.getByText("The flow requires 'name', and has no value for it: scheduled runs will fail.").waitFor();
      await open(`/deployments/deployment/${made.id}/run`);
      await page.getByText("The flow has no parameter 'nmae': the run will fail.").waitFor();
      await page.getByText("No agent listens to the work queue 'night'").waitFor();
      await page.getByText("Still needed: name.").waitFor();
      await world.send("PATCH", `/work_queues/${queue}`, { is_paused: true });
      await page.getByText("The work queue 'night' is paused, so nothing starts.").waitFor();
      await page.getByText("orch work-queue resume night").waitFor();
      await world.send("PATCH", `/work_queues/${queue}`, { is_paused: false });
      await world.send("POST", `/work_queues/${queue}/get_runs`, {}); // as an agent asks
      await open(`/deployments/deployment/${made.id}`);
      await page.getByText("The flow has no parameter 'nmae'").waitFor();
      await page.getByText(/listens to the work queue/).waitFor({ state: "detached" });
      await world.send("DELETE", `/deployments/${made.id}`);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "the edit page shows the flow's default of a parameter that is not set, and goes back to it",
    async () => {
      const { page, open, faults, barriers } = watched;
      const properties = {
        word: { type: "string", default: "usual", position: 0 },
        count: { type: "integer", default: 5, position: 1 },
        flag: { type: "boolean", default: true, position: 2 },
        pair: { type: "object", default: { one: 1, two: 2 }, position: 3, properties: { one: {}, two: {} } },
        needed: { type: "string", position: 4 },
      };
      const schema = { type: "object", properties, required: ["needed"] };
      const made = { flow_id: world.data.flow, name: "defaults", entrypoint: "f.ts:x", parameters: { word: "set" } };
      const { id } = await world.send("POST", "/deployments/", { ...made, parameter_openapi_schema: schema });
      await open(`/deployments/deployment/${id}/edit`);
      const field = (name: string) => page.getByLabel(name, { exact: true });
      const around = (name: string) => page.locator(".field", { has: field(name) }).last();
      expect(await field("word").inputValue()).toBe("set");
      expect(await field("count").inputValue()).toBe("");
      expect(await field("count").getAttribute("placeholder")).toBe("5");
      await around("count").getByText("the flow's default", { exact: true }).waitFor();
      expect(await field("flag").isChecked()).toBe(true);
      await around("flag").getByText("the flow's default", { exact: true }).waitFor();
      expect(await barriers()).toEqual([]);
      await around("word").getByRole("button", { name: "Use the flow's default" }).click();
      expect(await field("word").getAttribute("placeholder")).toBe("usual");
      await field("one").fill("3");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved nightly-report/defaults.").waitFor();
      const { parameters } = await read<{ parameters: object }>(`/deployments/${id}`);
      expect(parameters).toEqual({ pair: { one: 3, two: 2 } }); // the rest of the default is kept
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "what is changed on the edit page is stored, and a deployment is deleted",
    async () => {
      const { page, open, faults } = watched;
      const { deployment } = world.data;
      await open(`/deployments/deployment/${deployment}/edit`);
      await page.getByLabel("Description").fill("Makes *another* report");
      await page.getByLabel("Tags").fill("finance, weekly");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("tab", { name: "Description" }).click();
      await page.getByText("another", { exact: true }).waitFor();
      expect(await read<object>(`/deployments/${deployment}`)).toMatchObject({ tags: ["finance", "weekly"] });
      await open("/deployments");
      await page
        .getByRole("row", { name: /hourly/ })
        .getByRole("checkbox")
        .check();
      await page.getByRole("button", { name: "Delete" }).click();
      await page.getByText("Delete the deployment nightly-report/hourly?").waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("Deleted nightly-report/hourly.").waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
