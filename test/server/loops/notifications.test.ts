// The loop that sends: to a service on this machine that takes what Slack takes.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createNotifications, type Notifications } from "#server/loops/notifications.ts";
import type { NotificationPolicyCreate } from "#wire/notifications.ts";
import { type TestApp, testApp } from "../../app.ts";
import { type Receiver, receiver } from "../../blocks/notify/receiver.ts";
import { makeFlowRun } from "../../factory.ts";
import { makeBlock, makePolicy, makeSlackBlock } from "../notifications/blocks.ts";

let app: TestApp;
let slack: Receiver;
let loop: Notifications;
let answer: () => Response | Promise<Response>;
beforeEach(() => {
  app = testApp();
  answer = () => new Response("ok");
  slack = receiver(() => answer());
  loop = createNotifications(app.app.context);
});
afterEach(async () => {
  await loop.stop();
  await app.close();
  await slack.stop();
});

/** A policy whose messages are only the state's name. */
async function tell(fields: Partial<NotificationPolicyCreate> = {}, url = `${slack.url}/hook`): Promise<string> {
  const block = await makeBlock(app, "slack-webhook", `team-${crypto.randomUUID()}`, { url });
  return makePolicy(app, block, { message_template: "{flow_run_state_name}", ...fields });
}
const runIn = (...types: ("PENDING" | "RUNNING" | "FAILED")[]) =>
  Promise.all(types.map((type) => makeFlowRun(app, { state: { type } })));
const texts = () => slack.received.map(({ text }) => /"text":"([^"]*)"/.exec(text)?.[1]);
const waiting = () => app.count("flow_run_notification_queue");

test("sends all there is, oldest first, and nothing twice", async () => {
  await tell();
  await runIn("PENDING", "RUNNING");
  expect(await loop.runOnce()).toBe(2);
  expect(texts()).toEqual(["Pending", "Running"]);
  expect(slack.received[0]?.text).toContain('"title":"Prefect flow run notification"');
  expect([await loop.runOnce(), await waiting(), slack.received.length]).toEqual([0, 0, 2]);
});

test("the usual message is that of the run", async () => {
  await tell({ message_template: null });
  const [run] = await runIn("FAILED");
  await loop.runOnce();
  expect(slack.received[0]?.text).toContain(`is \`Failed\` since 2026-11-23T12:00:00+00:00.`);
  expect(slack.received[0]?.text).toContain(`/flow-runs/flow-run/${run?.id}`);
});

test("an idle pass writes nothing", async () => {
  await tell();
  const write = app.db.write;
  let writes = 0;
  app.db.write = (work) => {
    writes += 1;
    return write(work);
  };
  expect([await loop.runOnce(), writes]).toEqual([0, 0]);
});

describe("what fails", () => {
  test("is logged without its address, and not tried again", async () => {
    answer = () => new Response("no_service", { status: 404 });
    const policy = await tell({}, `${slack.url}/services/s3cr3t`);
    const [run] = await runIn("FAILED");
    expect(await loop.runOnce()).toBe(0);
    const host = new URL(slack.url).host;
    expect(app.logged).toEqual([
      `The notification of policy ${policy} about flow run ${run?.id} was not sent: ${host} answered 404: no_service`,
    ]);
    expect([await loop.runOnce(), await waiting(), slack.received.length]).toEqual([0, 0, 1]);
  });

  test("does not keep the next from being sent", async () => {
    let calls = 0;
    answer = () => new Response("ok", { status: ++calls === 1 ? 500 : 200 });
    await tell();
    await runIn("PENDING", "RUNNING");
    expect([await loop.runOnce(), texts()]).toEqual([1, ["Pending", "Running"]]);
  });

  test("may be a block that cannot send", async () => {
    const block = await makeBlock(app, "secret", "s", { value: "s3cr3t" });
    await makePolicy(app, block);
    await runIn("FAILED");
    await loop.runOnce();
    expect(app.logged.join()).toContain("A block of type 'secret' cannot send messages.");
    expect(await waiting()).toBe(0);
  });

  test("may be a block with another key", async () => {
    await tell();
    await runIn("FAILED");
    await app.db.write((tx) => tx.run("update block_document set data = 'AAAA'"));
    await loop.runOnce();
    expect(app.logged.join()).toContain("A block cannot be read");
  });
});

test("a service that does not answer holds up only its own policy", async () => {
  const held = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const slow = receiver(() => {
    asked.resolve();
    return held.promise.then(() => new Response("ok"));
  });
  try {
    await tell({}, slow.url);
    await tell();
    await runIn("PENDING", "RUNNING");
    const done = loop.runOnce();
    await asked.promise;
    while (slack.received.length < 2) await Bun.sleep(1);
    expect(slow.received.length).toBe(1);
    held.resolve();
    expect(await done).toBe(4);
    expect(slow.received.length).toBe(2);
  } finally {
    await slow.stop();
  }
});

test("a policy whose block is gone before its message is sent has nothing to tell", async () => {
  await tell();
  await runIn("FAILED");
  await app.db.write((tx) => tx.run("delete from block_document"));
  expect([await loop.runOnce(), await waiting(), app.logged]).toEqual([0, 0, []]);
});

test("wakes at once when there is something to tell", async () => {
  const told = Promise.withResolvers<void>();
  answer = () => {
    told.resolve();
    return new Response("ok");
  };
  await tell();
  loop.start();
  await runIn("RUNNING");
  await told.promise;
  expect(texts()).toEqual(["Running"]);
});

test("looks every four seconds for what another process queued", async () => {
  const told = Promise.withResolvers<void>();
  answer = () => {
    told.resolve();
    return new Response("ok");
  };
  loop.start();
  await tell();
  const { events } = app.app.context;
  const { publish } = events;
  events.publish = () => {};
  await runIn("RUNNING");
  events.publish = publish;
  expect(slack.received).toEqual([]);
  // The loop may be in the middle of a pass: time goes on until it sleeps and hears of it.
  for (let woken = false; !woken; woken = slack.received.length > 0) {
    app.clock.advance(4);
    await Bun.sleep(1);
  }
  await told.promise;
});

describe("stopping", () => {
  test("waits for what is under way, starts nothing more, and may come twice", async () => {
    const held = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    answer = () => {
      asked.resolve();
      return held.promise.then(() => new Response("ok"));
    };
    await tell();
    await runIn("PENDING", "RUNNING");
    const done = loop.runOnce().catch(() => {});
    await asked.promise;
    const stopped = loop.stop();
    held.resolve();
    await stopped;
    await loop.stop();
    expect([texts(), await waiting()]).toEqual([["Pending"], 1]);
    void done;
  });

  test("cuts off what takes too long: it is sent by the next server", async () => {
    const asked = Promise.withResolvers<void>();
    answer = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    await tell();
    await runIn("FAILED");
    const policyRun = loop.start();
    await asked.promise;
    const stopped = loop.stop();
    let over = false;
    void stopped.then(() => {
      over = true;
    });
    while (!over) {
      app.clock.advance(1);
      await Bun.sleep(1);
    }
    expect([policyRun, await waiting(), app.logged]).toEqual([undefined, 1, []]);
    answer = () => new Response("ok");
    const next = createNotifications(app.app.context);
    expect(await next.runOnce()).toBe(1);
    await next.stop();
  });
});

test("who was killed while it sent leaves it to the next, a minute later", async () => {
  await tell();
  await runIn("FAILED");
  // A claim that nobody ended.
  await app.db.write((tx) =>
    tx.run("update flow_run_notification_queue set claimed_until = '2026-11-23T12:01:00.000000+00:00'"),
  );
  expect(await loop.runOnce()).toBe(0);
  app.clock.advance(61);
  expect([await loop.runOnce(), texts()]).toEqual([1, ["Failed"]]);
});

test("a server starts it, unless a setting or `--no-services` says not to", async () => {
  for (const [options, sent] of [
    [{}, 1],
    [{ settings: { ORCH_API_SERVICES_FLOW_RUN_NOTIFICATIONS_ENABLED: false } }, 0],
  ] as const) {
    const other = testApp(options);
    const before = slack.received.length;
    try {
      const block = await makeSlackBlock(other, slack.url);
      await makePolicy(other, block, { message_template: "x" });
      other.app.start();
      await makeFlowRun(other, { state: { type: "FAILED" } });
      while (sent > 0 && (await other.count("flow_run_notification_queue")) > 0) await Bun.sleep(1);
      expect(slack.received.length - before).toBe(sent);
      expect(await other.count("flow_run_notification_queue")).toBe(1 - sent);
    } finally {
      await other.close();
    }
  }
});
