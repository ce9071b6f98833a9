// `orch notification`, in this process, with a service on this machine that takes the messages.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withApi } from "#cli/api.ts";
import { loadSettings } from "#settings/load.ts";
import { listBlockDocuments } from "#wire/blocks.ts";
import type { NotificationPolicy } from "#wire/notifications.ts";
import { receiver } from "../../blocks/notify/receiver.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

const service = receiver(({ address }) => new Response("gone", { status: address.endsWith("/bad") ? 410 : 200 }));
afterAll(() => service.stop());

let terminal: TestTerminal;
const orch = (...words: string[]) => terminal.orch("notification", ...words);
const SLACK = ["--type", "slack-webhook", "--field"];
const URL_IN_WORDS = expect.stringMatching(/^'url' is a secret that the shell's history .* url=- \(standard input\)/);
const create = async (...words: string[]): Promise<NotificationPolicy> => {
  const ran = await orch("create", ...words, "--json");
  expect(ran).toMatchObject({ code: 0, err: words.some((word) => word.startsWith("url=")) ? URL_IN_WORDS : "" });
  return JSON.parse(ran.out);
};
const blocks = () =>
  withApi(loadSettings({ HOME: terminal.folder, ORCH_HOME: terminal.home }).settings, ({ client }) =>
    client.call(listBlockDocuments, { body: { block_documents: { is_anonymous: null }, include_secrets: true } }),
  );

describe("with a home of its own", () => {
  beforeEach(() => {
    terminal = testTerminal();
    service.received.length = 0;
  });
  afterEach(() => terminal.close());

  test("none yet: it is said how to make one", async () => {
    const { out } = await orch("ls");
    expect(out).toContain("No notifications yet.");
    expect(out).toContain("orch notification create --state Failed --type slack-webhook");
    expect((await orch("ls", "--json")).out).toBe("[]");
  });

  test("is made with a block of its own, listed, tried, paused, resumed and deleted", async () => {
    const words = ["--state", "failed", "-s", "Odd", "--tag", "prod", ...SLACK, `url=${service.url}/good`];
    const { code, out } = await orch("create", ...words);
    const id = /notification ([0-9a-f-]{36})/.exec(out)?.[1] ?? "";
    expect([code, out]).toEqual([
      0,
      `Created notification ${id}: slack-webhook sends messages about runs with tag prod that enter Failed or Odd.\n` +
        `See whether it arrives: orch notification test ${id}`,
    ]);
    expect((await orch("ls")).out).toMatch(/│ [0-9a-f-]{36} │ Failed, Odd │ prod │ slack-webhook │ yes +│/);
    expect(await orch("test", id)).toEqual({ code: 0, out: "The message was sent.", err: "" });
    expect(service.received[0]?.text).toContain("sample-flow/sample-run");
    expect((await orch("pause", id)).out).toBe(`Paused notification ${id}.`);
    expect((await orch("ls")).out).toContain("│ paused │");
    expect((await orch("resume", id)).out).toBe(`Resumed notification ${id}.`);
    expect(JSON.parse((await orch("ls", "--json")).out)).toMatchObject([{ id, is_active: true }]);
    expect((await orch("delete", id)).out).toBe(`Deleted notification ${id}.`);
    expect(terminal.asked).toEqual(["Delete the notification about runs with tag prod that enter Failed or Odd?"]);
    expect((await orch("ls", "--json")).out).toBe("[]");
    expect(await blocks()).toEqual([]);
  });

  test("a state that is misspelt is noted; names that programs make up are not", async () => {
    const create = (state: string) => orch("create", "--state", state, ...SLACK, `url=${service.url}/good`);
    const misspelt = await create("Faild");
    expect(misspelt.code).toBe(0);
    expect(misspelt.err).toContain("No state of orch's own is named 'Faild'. Did you mean 'Failed'?");
    expect((await create("Shipped")).err).not.toContain("No state");
  });

  test("is made with a block that is there, which stays when it goes", async () => {
    const own = await create(...SLACK, `url=${service.url}`);
    const [block] = await blocks();
    const { id, ...shared } = await create("--block", `slack-webhook/${block?.name}`, "-m", "{flow_name} is late");
    expect(shared).toMatchObject({ block_document_id: own.block_document_id, message_template: "{flow_name} is late" });
    await orch("test", id);
    expect(service.received[0]?.text).toContain('"text":"sample-flow is late"');
    for (const [gone, left] of [
      [id, 1],
      [own.id, 0],
    ] as const) {
      expect((await orch("delete", gone, "--yes")).code).toBe(0);
      expect((await blocks()).length).toBe(left);
    }
    expect(terminal.asked).toEqual([]);
  });

  test("its secret comes from standard input or a file", async () => {
    terminal.piped = `${service.url}/piped\n`;
    writeFileSync(join(terminal.folder, "address"), `${service.url}/kept\r\n`);
    for (const source of ["-", "@address"]) {
      expect(await orch("create", ...SLACK, `url=${source}`)).toMatchObject({ code: 0, err: "" });
    }
    const urls = (await blocks()).map(({ data }) => data["url"]);
    expect(urls.toSorted()).toEqual([`${service.url}/kept`, `${service.url}/piped`]);
  });

  test("one that is not confirmed stays", async () => {
    const { id } = await create(...SLACK, `url=${service.url}`);
    terminal.answer = false;
    expect(await orch("delete", id)).toMatchObject({ code: 1, err: "Deletion aborted." });
    expect(JSON.parse((await orch("ls", "--json")).out)).toHaveLength(1);
  });

  test("one whose message is not taken is a failure that names no secret", async () => {
    const { id } = await create(...SLACK, `url=${service.url}/s3cr3ts/bad`);
    const { host } = new URL(service.url);
    const reason = `${host} answered 410: gone`;
    expect(await orch("test", id)).toEqual({ code: 1, out: "", err: `The message was not sent: ${reason}` });
    const json = await orch("test", id, "--json");
    expect([json.code, JSON.parse(json.out)]).toEqual([1, { sent: false, reason }]);
  });

  test("fields are read by their type", async () => {
    const mail = ["smtp_server=127.0.0.1", "smtp_port=2525", "verify=no", "email_to=a@example.com, b@example.com"];
    await create("--type", "email", ...mail.flatMap((field) => ["-f", field]));
    await create("--type", "custom-webhook", "-f", `url=${service.url}?a=b`, "-f", 'json_data={"t": "{{body}}"}');
    expect((await blocks()).map(({ data }) => data)).toEqual(
      expect.arrayContaining([
        { smtp_server: "127.0.0.1", smtp_port: 2525, verify: false, email_to: ["a@example.com", "b@example.com"] },
        { url: `${service.url}?a=b`, json_data: { t: "{{body}}" } },
      ]),
    );
  });
});

describe("what is refused", () => {
  beforeAll(() => {
    terminal = testTerminal();
  });
  afterAll(() => terminal.close());

  const NO_ID = "01234567-89ab-cdef-0123-456789abcdef";
  const EMAIL = ["create", "--type", "email", "-f", "smtp_server=x", "-f", "email_to=a@x"];
  const table: [words: string[], sentence: string][] = [
    [["create", "-s", "Failed"], "Give the block that sends the messages: --block TYPE/NAME, or --type TYPE"],
    [["create", "--block", "a/b", "--type", "c"], "Give the block that sends the messages"],
    [["create", "--block", "slack-webhook/x", "-f", "url=y"], "--field is for a block that is made by --type"],
    [["create", "--block", "slack-webhook/x"], "Block 'slack-webhook/x' not found!"],
    [["create", "--type", "slack"], "Block type 'slack' not found!"],
    [["create", "--type", "slack-webhook"], "A block of type slack-webhook needs --field url=-."],
    [
      ["create", ...SLACK, "urls=x"],
      "A block of type slack-webhook has no field 'urls'. Did you mean 'url'? Its fields: notify_type, url.",
    ],
    [["create", ...SLACK, "=s3cr3t"], "A --field is no field: give it as name=value."],
    [["create", ...SLACK, "constructor=x"], "A block of type slack-webhook has no field 'constructor'."],
    [["create", ...SLACK, "url=x", "-m", "{flow}"], "Invalid template variable provided: 'flow'"],
    [[...EMAIL, "-f", "smtp_port=s3cr3t"], "'smtp_port' must be a whole number."],
    [[...EMAIL, "-f", "verify=s3cr3t"], "'verify' must be true or false."],
    [["create", "--type", "webhook", "-f", "url=x", "-f", "headers=s3cr3t"], "'headers' must be JSON such as"],
    ...["test", "pause", "resume", "delete"].map((verb): [string[], string] => [
      [verb, NO_ID],
      `Notification '${NO_ID}' not found. 'orch notification ls' lists what is there.`,
    ]),
    [["test", "x"], "Notification 'x' not found."],
  ];
  for (const [words, sentence] of table) {
    test(`orch notification ${words.join(" ")}`, async () => {
      const { code, out, err } = await orch(...words);
      expect([code, out, err]).toEqual([1, "", expect.stringContaining(sentence)]);
      expect(err).not.toContain("s3cr3t");
      expect(await blocks()).toEqual([]);
    });
  }
});
