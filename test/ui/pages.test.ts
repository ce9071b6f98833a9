// The web UI of Prefect 2.10.4, out of its package, on our server: every page shows its data and has nothing to complain of.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createWorld, possible, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  if (possible) world = await createWorld();
});
afterAll(() => world?.close());

async function shows(path: string, texts: readonly (string | RegExp)[], tab?: string): Promise<void> {
  const { page, url, news } = world;
  news();
  await page.goto(`${url}${path}`);
  if (tab) await page.locator(".p-tab", { hasText: tab }).first().click();
  for (const text of texts) await page.getByText(text).locator("visible=true").first().waitFor();
  await page.waitForLoadState("networkidle");
  expect(news()).toEqual([]);
}

const pages: [path: () => string, texts: (string | RegExp)[], tab?: string][] = [
  [() => "/", ["done-run", "broken-run", "busy-run", "nightly-report"]],
  [() => "/flow-runs", ["done-run", "waiting-run", "Paused", "finance"]],
  [() => `/flow-runs/flow-run/${world.data.runs.completed}`, ["done-run", "the report is begun", "a page is missing"]],
  [() => `/flow-runs/flow-run/${world.data.runs.completed}`, ["extract-0", "load-0"], "Task Runs"],
  [() => `/flow-runs/flow-run/${world.data.runs.completed}`, ["inner-run"], "Subflow Runs"],
  [() => `/flow-runs/flow-run/${world.data.runs.completed}`, ["report", "rows"], "Artifacts"],
  [() => `/flow-runs/flow-run/${world.data.runs.completed}`, ["Arthur"], "Parameters"],
  [() => `/flow-runs/flow-run/${world.data.runs.failed}`, ["broken-run", "Failed"]],
  [() => `/flow-runs/flow-run/${world.data.runs.completed}/radar`, ["done-run"]],
  [() => `/flow-runs/task-run/${world.data.taskRun}`, ["extract-0", "Completed"]],
  [() => "/flows", ["nightly-report", "Activity"]],
  [() => `/flows/flow/${world.data.flow}`, ["nightly-report", "production", "hourly"]],
  [() => "/deployments", ["production", "hourly", "finance"]],
  [() => `/deployments/deployment/${world.data.deployment}`, ["production", "night", "report"]],
  [() => `/deployments/deployment/${world.data.deployment}/edit`, ["production", "Schedule"]],
  [() => `/deployments/deployment/${world.data.deployment}/run`, ["production", "Parameters"]],
  [() => "/work-pools", ["cluster", "default-agent-pool"]],
  [() => "/work-pools/create", ["Prefect Agent", "Type"]],
  [() => "/work-pools/work-pool/cluster", ["urgent", "default"], "Work Queues"],
  [() => "/work-pools/work-pool/cluster/edit", ["Description"]],
  [() => "/work-pools/work-pool/cluster/queue/create", ["Priority"]],
  [() => "/work-pools/work-pool/cluster/queue/urgent", ["urgent"]],
  [() => "/work-pools/work-pool/cluster/queue/urgent/edit", ["Priority"]],
  [() => "/blocks", ["team-channel"]],
  [() => "/blocks/catalog", ["Slack Webhook", "Secret"]],
  [() => "/blocks/catalog/slack-webhook", ["Slack Webhook"]],
  [() => "/blocks/catalog/secret/create", ["Block Name"]],
  [() => `/blocks/block/${world.data.block}`, ["team-channel", "*****"]],
  [() => `/blocks/block/${world.data.block}/edit`, ["team-channel"]],
  [() => "/variables", ["colour", "petrol", "brand"]],
  [() => "/notifications", ["Failed", "finance"]],
  [() => "/notifications/create", ["Run states", "Slack Webhook"]],
  [() => `/notifications/${world.data.policy}/edit`, ["finance"]],
  [() => "/concurrency-limits", ["database"]],
  [() => `/concurrency-limits/concurrency-limit/${world.data.limit}`, ["database"]],
  [() => "/artifacts", ["report", "rows"]],
  [() => `/artifacts/artifact/${world.data.artifact}`, ["all is well"]],
  [() => "/artifacts/key/report", ["report"]],
  [() => "/settings", ["PREFECT_API_DEFAULT_LIMIT"]],
  [() => "/nowhere", [/404|not found/i]],
];

describe.skipIf(!possible)("every page of the UI", () => {
  for (const [path, texts, tab] of pages) {
    const name = path.toString().replace(/^\(\) => |[`"]|world\.data\./g, "");
    test(`${name}${tab ? `, ${tab},` : ""} shows ${texts.join(", ")}`, () => shows(path(), texts, tab), 60_000);
  }
});
