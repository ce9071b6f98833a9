// Mail, handed to a real SMTP server: with STARTTLS, with TLS from the start, and in the clear.
import { afterEach, describe, expect, test } from "bun:test";
import { sendByMail } from "#blocks/notify/email.ts";
import { systemClock } from "#lib/clock.ts";
import { type MailServer, mailServer } from "./mail-server.ts";
import { MESSAGE } from "./receiver.ts";

let server: MailServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serves(options: Parameters<typeof mailServer>[0]): Promise<MailServer> {
  server = await mailServer(options);
  return server;
}

const LOGIN = { username: "ops", password: "pa55word", email_from: "Orch <orch@example.com>" };
const outside = { fetch, clock: systemClock, signal: AbortSignal.timeout(10_000) };
const send = (block: object, signal = outside.signal) => {
  const place = { smtp_server: "127.0.0.1", smtp_port: server?.port ?? 0, email_to: ["a@example.com"], verify: false };
  return sendByMail({ ...place, ...block }, MESSAGE, { ...outside, signal });
};

const bodyOf = (text: string) => {
  const [, encoded = ""] = text.split("\r\n\r\n", 2);
  return Buffer.from(encoded, "base64").toString("utf8").replaceAll("\r\n", "\n");
};

describe("with the login the server asks for", () => {
  for (const [type, secure] of [
    ["STARTTLS", false],
    ["SSL", true],
  ] as const) {
    test(`hands the mail over encrypted by ${type}`, async () => {
      const { mails } = await serves({ secure });
      await send({ ...LOGIN, smtp_type: type, email_to: ["Ana <a@example.com>", "b@example.com, c@example.com"] });
      expect(mails).toMatchObject([
        {
          from: "orch@example.com",
          to: ["a@example.com", "b@example.com", "c@example.com"],
          user: "ops",
          secure: true,
        },
      ]);
      const [{ text = "" } = {}] = mails;
      expect(text).toContain("From: Orch <orch@example.com>\r\n");
      expect(text).toContain("To: Ana <a@example.com>,\r\n b@example.com,\r\n c@example.com\r\n");
      expect(text).toContain("Subject: The subject\r\n");
      expect(bodyOf(text)).toBe(MESSAGE.body);
    });
  }

  test("says that it was wrong, and hands nothing over", async () => {
    const { mails } = await serves({});
    const sent = send({ ...LOGIN, password: "other" });
    await expect(sent).rejects.toThrow(/^127\.0\.0\.1:\d+ did not take the mail: Invalid login/);
    expect(mails).toEqual([]);
  });
});

test("hands it over in the clear, without a login, when the block says so", async () => {
  const { mails } = await serves({ disabledCommands: ["AUTH", "STARTTLS"] });
  await send({ smtp_type: "INSECURE", email_from: "orch@example.com" });
  expect(mails).toMatchObject([{ from: "orch@example.com", to: ["a@example.com"], user: undefined, secure: false }]);
});

test("hands nothing to a server that does not encrypt, unless the block says so", async () => {
  const { mails } = await serves({ disabledCommands: ["STARTTLS"] });
  await expect(send(LOGIN)).rejects.toThrow("did not take the mail");
  expect(mails).toEqual([]);
});

test("hands nothing to a server whose certificate nobody vouches for, unless the block says so", async () => {
  const { mails } = await serves({});
  await expect(send({ ...LOGIN, verify: true })).rejects.toThrow(/did not take the mail: .*certificate/i);
  expect(mails).toEqual([]);
});

test("a recipient that is refused is a failure, although the others have it", async () => {
  const { mails } = await serves({});
  const sent = send({ ...LOGIN, email_to: ["a@example.com", "nobody@example.com"] });
  await expect(sent).rejects.toThrow("1 of 2 recipients were refused.");
  expect(mails).toMatchObject([{ to: ["a@example.com"] }]);
});

test("the user is the sender when no other is named", async () => {
  const onAuth: NonNullable<Parameters<typeof mailServer>[0]>["onAuth"] = (_login, _session, done) =>
    done(null, { user: "x" });
  const { mails } = await serves({ onAuth });
  await send({ username: "ops@example.com", password: "x" });
  expect(mails).toMatchObject([{ from: "ops@example.com" }]);
});

for (const [what, block, sentence] of [
  ["no server", { smtp_server: "" }, "The block has no 'smtp_server'."],
  ["nobody to send to", { ...LOGIN, email_to: [" , "] }, "The block has no 'email_to'."],
  ["nobody who sends", {}, "The block has no 'username'."],
] as const) {
  test(`${what} is said before anything is opened`, async () => {
    await expect(send(block)).rejects.toThrow(sentence);
  });
}

test("a server that is not there is named", async () => {
  const { port } = await serves({});
  await server?.close();
  server = undefined;
  const sent = send({ ...LOGIN, smtp_port: port });
  await expect(sent).rejects.toThrow(`127.0.0.1:${port} did not take the mail`);
});

test("a server that says nothing is left when the time is up", async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  await serves({ onConnect: () => resolve() });
  const patience = new AbortController();
  const sent = send(LOGIN, patience.signal);
  await asked;
  patience.abort();
  await expect(sent).rejects.toThrow("did not take the mail: no answer in time.");
});
