// Which states are queued for whom, and how a queue is emptied.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Timestamp, toTimestamp } from "#lib/time/timestamps.ts";
import { createCancellations } from "#server/loops/cancellations.ts";
import {
  claimNotification,
  policiesWithNews,
  releaseNotification,
  removeNotification,
} from "#server/notifications/queue.ts";
import type { NotificationPolicyCreate } from "#wire/notifications.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeFlowRun, makeTaskRun } from "../../factory.ts";
import { plansOf } from "../plans.ts";
import { propose } from "../proposals.ts";
import { makePolicy, makeSlackBlock } from "./blocks.ts";

let app: TestApp;
let block: string;
beforeEach(async () => {
  app = testApp();
  block = await makeSlackBlock(app);
});
afterEach(() => app.close());

const policy = (fields: Partial<NotificationPolicyCreate> = {}) => makePolicy(app, block, fields);

/** What is queued, oldest first: the policy's place among those given, and the state's name. */
const queued = (...policies: string[]) =>
  app.db.read((q) =>
    q
      .all<{ policy: string; name: string }>(
        `select n.flow_run_notification_policy_id as policy, s.name from flow_run_notification_queue n
         join flow_run_state s on s.id = n.flow_run_state_id order by n.id`,
      )
      .map((row) => `${policies.length > 1 ? `${policies.indexOf(row.policy)} ` : ""}${row.name}`),
  );

describe("queued with the state", () => {
  test("are all states for a policy that names none, from the first one on", async () => {
    const id = await policy();
    const run = await makeFlowRun(app, { state: { type: "PENDING" } });
    for (const type of ["RUNNING", "COMPLETED"] as const) await propose(app, "flow_runs", run.id, { type });
    expect(await queued(id)).toEqual(["Pending", "Running", "Completed"]);
  });

  test("are states by their name, not by their type", async () => {
    const id = await policy({ state_names: ["Late", "Failed"] });
    const run = await makeFlowRun(app);
    await propose(app, "flow_runs", run.id, { type: "SCHEDULED", name: "Late" }, { force: true });
    await propose(app, "flow_runs", run.id, { type: "FAILED", name: "Broken" }, { force: true });
    expect(await queued(id)).toEqual(["Late"]);
  });

  test("are states of runs that share a tag", async () => {
    const [any, one] = [await policy(), await policy({ tags: ["prod", "etl"] })];
    await makeFlowRun(app, { tags: ["etl", "x"], state: { type: "RUNNING" } });
    await makeFlowRun(app, { tags: ["test"], state: { type: "PENDING" } });
    await makeFlowRun(app, { state: { type: "FAILED" } });
    expect(await queued(any, one)).toEqual(["0 Running", "1 Running", "0 Pending", "0 Failed"]);
  });

  test("is nothing for a policy that is off", async () => {
    await policy({ is_active: false });
    await makeFlowRun(app, { state: { type: "RUNNING" } });
    expect(await queued()).toEqual([]);
  });

  test("is the state that took the place of a rejected one", async () => {
    const id = await policy({ state_names: ["AwaitingRetry", "Failed"] });
    const empirical_policy = { retries: 1, retry_delay: 60 };
    const run = await makeFlowRun(app, { empirical_policy, state: { type: "RUNNING" } });
    await propose(app, "flow_runs", run.id, { type: "FAILED" });
    expect(await queued(id)).toEqual(["AwaitingRetry"]);
  });

  test("is nothing for a state that was refused, nor for states of tasks", async () => {
    const id = await policy();
    const run = await makeFlowRun(app, { state: { type: "COMPLETED" } });
    expect((await propose(app, "flow_runs", run.id, { type: "COMPLETED" })).status).not.toBe("ACCEPT");
    await makeTaskRun(app, { flow_run_id: run.id, state: { type: "RUNNING" } });
    expect(await queued(id)).toEqual(["Completed"]);
  });

  test("are states that a loop forced", async () => {
    const id = await policy({ state_names: ["Cancelled"] });
    const parent = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const standIn = await makeTaskRun(app, { flow_run_id: parent.id, state: { type: "RUNNING" } });
    await makeFlowRun(app, { parent_task_run_id: standIn.id, state: { type: "RUNNING" } });
    await propose(app, "flow_runs", parent.id, { type: "CANCELLED" }, { force: true });
    await createCancellations(app.app.context).runOnce();
    expect(await queued(id)).toEqual(["Cancelled", "Cancelled"]);
  });

  test("goes with what was undone", async () => {
    const id = await policy();
    const parent_task_run_id = crypto.randomUUID();
    await expect(makeFlowRun(app, { parent_task_run_id, state: { type: "RUNNING" } })).rejects.toThrow();
    expect(await queued(id)).toEqual([]);
  });

  test("listeners hear of it once it is on disk, and of nothing else", async () => {
    const heard: string[] = [];
    app.app.context.events.subscribe(({ type }) => heard.push(type));
    await policy({ state_names: ["Failed"] });
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    expect(heard).not.toContain("notification-queued");
    await propose(app, "flow_runs", run.id, { type: "FAILED" });
    expect(heard.filter((type) => type === "notification-queued").length).toBe(1);
  });
});

describe("the queue of a policy", () => {
  const now = (): Timestamp => toTimestamp(app.clock.now());
  const inAMinute = () => toTimestamp(app.clock.now() + 60_000);
  const news = () => app.db.read((q) => policiesWithNews(q, now()));
  const claim = (id: string) => app.db.write((tx) => claimNotification(tx, id, now(), inAMinute()));

  test("gives the oldest first, each to one claimer, until it is given back or time is up", async () => {
    const id = await policy();
    for (const type of ["PENDING", "RUNNING"] as const) await makeFlowRun(app, { state: { type } });
    const [first, second] = [await claim(id), await claim(id)];
    expect([first?.flow_run_state_name, second?.flow_run_state_name]).toEqual(["Pending", "Running"]);
    expect([await claim(id), await news()]).toEqual([undefined, []]);
    await app.db.write((tx) => releaseNotification(tx, second?.id ?? ""));
    expect([await news(), (await claim(id))?.id]).toEqual([[id], second?.id]);
    app.clock.advance(61);
    expect([await news(), (await claim(id))?.id]).toEqual([[id], first?.id]);
  });

  test("is empty once what it held was removed", async () => {
    const id = await policy();
    await makeFlowRun(app, { state: { type: "RUNNING" } });
    const claimed = await claim(id);
    await app.db.write((tx) => removeNotification(tx, claimed?.id ?? ""));
    app.clock.advance(61);
    expect([await news(), await app.count("flow_run_notification_queue")]).toEqual([[], 0]);
  });

  test("passes over runs that are gone", async () => {
    const id = await policy();
    const gone = await makeFlowRun(app, { state: { type: "PENDING" } });
    const kept = await makeFlowRun(app, { state: { type: "RUNNING" } });
    await app.send("DELETE", `/flow_runs/${gone.id}`);
    expect((await claim(id))?.flow_run_id).toBe(kept.id);
    expect(await app.count("flow_run_notification_queue")).toBe(1);
  });

  test("goes with the policy", async () => {
    const id = await policy();
    await makeFlowRun(app, { state: { type: "RUNNING" } });
    await app.send("DELETE", `/flow_run_notification_policies/${id}`);
    expect(await app.count("flow_run_notification_queue")).toBe(0);
  });

  test("is read along its index", async () => {
    const plan = await plansOf(app, (q) => policiesWithNews(q, now()));
    expect(plan.join("\n")).toContain("flow_run_notification_queue_policy");
  });
});
