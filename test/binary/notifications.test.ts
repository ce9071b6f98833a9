// Who is told when a flow fails: by the executable, to a service and a mail server of this machine.

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type MailServer, mailServer } from "../blocks/notify/mail-server.ts";
import { receiver } from "../blocks/notify/receiver.ts";
import { eventually } from "../eventually.ts";
import { createSandbox, type Running } from "./sandbox.ts";

const FLOW = `import { flow } from "orch";
export const fails = flow(async function fails() { throw new Error("out of disk"); });
`;

let answer: () => Response | Promise<Response> = () => new Response("ok");
const slack = receiver(() => answer());
const sandbox = createSandbox();
let mail: MailServer;
let server: Running;
beforeAll(async () => {
  mail = await mailServer();
  mkdirSync(join(sandbox.folder, "flows"));
  writeFileSync(join(sandbox.folder, "flows/fails.ts"), FLOW);
  server = await startServer();
});
afterAll(async () => {
  await sandbox.close();
  await slack.stop();
  await mail.close();
});

async function startServer(): Promise<Running> {
  const started = sandbox.start(["server", "start", "--port", "0"]);
  await started.until(/running at/);
  return started;
}

const create = async (...words: string[]): Promise<string> => {
  const ran = await sandbox.orch(["notification", "create", "--state", "Failed", ...words, "--json"]);
  expect([ran.code, ran.stderr]).toEqual([
    0,
    expect.stringMatching(/^$|^'\w+' is a secret that the shell's history .*\n$/),
  ]);
  return JSON.parse(ran.stdout).id;
};
const runFails = () => sandbox.orch(["flow", "run", "flows/fails.ts:fails"]);
const until = (done: () => boolean) => eventually(done, `${done}`);

describe("a flow that fails", () => {
  test("is told to Slack, at once and once", async () => {
    const id = await create("--type", "slack-webhook", "--field", `url=${slack.url}/services/T/B/s3cr3ts3cr3t`);
    expect((await runFails()).code).not.toBe(0);
    const started = performance.now();
    await until(() => slack.received.length > 0);
    expect(performance.now() - started).toBeLessThan(3_000); // it is told: by itself the server looks every 4 s
    const [{ address = "", text = "" } = {}] = slack.received;
    const [, url = ""] = /running at (http:\S+?),/.exec(server.output()) ?? [];
    expect(text).toMatch(new RegExp(`Flow run URL: ${url}/flow-runs/flow-run/[0-9a-f-]{36}`));
    expect(address).toEndWith("/services/T/B/s3cr3ts3cr3t");
    expect(text).toMatch(/fails\/[a-z]+-[a-z]+ is `Failed` since .*out of disk/);
    await sandbox.orch(["notification", "delete", id, "--yes"]);
    expect(slack.received.length).toBe(1);
  });

  test("is told by mail, encrypted and with a login", async () => {
    const place = [`smtp_server=127.0.0.1`, `smtp_port=${mail.port}`, "verify=no", "username=ops", "password=pa55word"];
    const fields = [...place, "email_from=Orch <orch@example.com>", "email_to=a@example.com,b@example.com"];
    const id = await create("--type", "email", ...fields.flatMap((field) => ["--field", field]));
    await runFails();
    await until(() => mail.mails.length > 0);
    expect(mail.mails).toMatchObject([{ to: ["a@example.com", "b@example.com"], user: "ops", secure: true }]);
    expect(mail.mails[0]?.text).toContain("Subject: Prefect flow run notification\r\n");
    await sandbox.orch(["notification", "delete", id, "--yes"]);
  });

  test("is not told where nobody takes it: the server says so, without the address", async () => {
    answer = () => new Response("no_service", { status: 404 });
    const id = await create("--type", "slack-webhook", "--field", `url=${slack.url}/services/T/B/s3cr3ts3cr3t`);
    await runFails();
    await server.until(new RegExp(`notification of policy ${id} about flow run .* was not sent: .* 404: no_service`));
    expect(server.output()).not.toContain("s3cr3t");
    const tried = await sandbox.orch(["notification", "test", id]);
    expect([tried.code, tried.stderr]).toEqual([1, expect.stringMatching(/not sent: 127.0.0.1:\d+ answered 404/)]);
    await sandbox.orch(["notification", "delete", id, "--yes"]);
  });

  test("is told by the next server, when one was killed in the middle", async () => {
    const asked = Promise.withResolvers<void>();
    answer = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    await create("--type", "slack-webhook", "--field", `url=${slack.url}/hook`);
    void runFails();
    await asked.promise;
    await server.stop("SIGKILL");
    const before = slack.received.length;
    aMinutePasses();
    answer = () => new Response("ok");
    server = await startServer();
    await until(() => slack.received.length > before);
    expect(slack.received.at(-1)?.text).toContain("is `Failed` since");
    expect(await server.stop()).toBe(0);
  });

  /** For the claim of the server that was killed: nobody else may send until it is over. */
  function aMinutePasses(): void {
    const database = new Database(join(sandbox.home, ".orch", "orch.db"));
    const sql = "update flow_run_notification_queue set claimed_until = '2020-01-01T00:00:00.000000+00:00'";
    expect(database.run(sql).changes).toBe(1);
    database.close();
  }
});
