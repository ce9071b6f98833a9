// Letters as they travel.
import { expect, test } from "bun:test";
import { addressIn, type Letter, mailText } from "#blocks/notify/mail-text.ts";

const LETTER: Letter = {
  from: "orch@example.com",
  to: ["a@example.com"],
  subject: "Late",
  body: "one\ntwo",
  sent: Date.UTC(2026, 10, 23, 12),
};
const headersOf = (letter: Partial<Letter>) => mailText({ ...LETTER, ...letter }).split("\r\n\r\n")[0] ?? "";
const decoded = (text: string) =>
  text.replace(/=\?utf-8\?B\?([^?]*)\?=(?:\r\n (?==\?))?/g, (_, word: string) => `${Buffer.from(word, "base64")}`);

test("has the headers that a mail server wants, and the body as base64", () => {
  const text = mailText(LETTER);
  const id = /Message-ID: <([0-9a-f-]{36}@example\.com)>/.exec(text)?.[1] ?? "";
  expect(text.replace(id, "ID")).toBe(
    [
      "From: orch@example.com",
      "To: a@example.com",
      "Subject: Late",
      "Date: Mon, 23 Nov 2026 12:00:00 +0000",
      "Message-ID: <ID>",
      "Auto-Submitted: auto-generated",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: base64",
      "",
      Buffer.from("one\r\ntwo").toString("base64"),
      "",
    ].join("\r\n"),
  );
});

test("no line is longer than mail servers take, whatever the text", () => {
  const long = "Über 流 🚀 ".repeat(100);
  const text = mailText({ ...LETTER, subject: long, body: long.repeat(20), from: `${long} <orch@example.com>` });
  expect(Math.max(...text.split("\r\n").map((line) => line.length))).toBeLessThan(90);
  expect(/^[\r\n\x20-\x7e]*$/.test(text)).toBe(true);
  expect(decoded(headersOf({ subject: long }))).toContain(`Subject: ${long.trim()}\r\n`);
});

test("R8: no value brings a header of its own", () => {
  const evil = "x\r\nBcc: victim@example.com\nX: y";
  const headers = headersOf({ subject: evil, from: `Ops <ops@example.com${evil}>`, to: [`a@example.com${evil}`] });
  const names = headers
    .split("\r\n")
    .filter((line) => !line.startsWith(" "))
    .map((line) => line.split(":")[0]);
  expect(names).toEqual(
    ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"].concat([
      "MIME-Version",
      "Content-Type",
      "Content-Transfer-Encoding",
    ]),
  );
  expect(headers.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
});

test("a name that is no ASCII is encoded, its address is not", () => {
  expect(headersOf({ to: ["Jürgen <j@example.com>"] })).toContain("To: =?utf-8?B?SsO8cmdlbg==?= <j@example.com>");
});

test("a line break in a value brings no header of its own", () => {
  const headers = headersOf({
    subject: "Late\r\nBcc: x@example.com",
    to: ["a@example.com\nBcc: y@example.com", "N\r\nBcc: z <z@example.com>"],
  });
  expect(headers.split("\r\n").filter((line) => line.startsWith("Bcc"))).toEqual([]);
  expect(headers).toContain("Subject: Late Bcc: x@example.com");
});

for (const [mailbox, address] of [
  ["a@example.com", "a@example.com"],
  [" Ana <a@example.com> ", "a@example.com"],
  ['"A, B" <b@example.com>', "b@example.com"],
] as const) {
  test(`the address in '${mailbox}' is ${address}`, () => {
    expect(addressIn(mailbox)).toBe(address);
  });
}
