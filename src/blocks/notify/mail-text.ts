// A letter of plain text as it travels by SMTP: headers in ASCII, the body as base64.
import { newId } from "#lib/ids.ts";

export interface Letter {
  from: string;
  to: readonly string[];
  subject: string;
  body: string;
  /** Milliseconds since 1970. */
  sent: number;
}

/** Headers whose values bring line breaks would bring headers of their own: each value is one line. */
export function mailText({ from, to, subject, body, sent }: Letter): string {
  const sender = addressIn(oneLine(from));
  const headers = [
    ["From", mailbox(from)],
    ["To", to.map(mailbox).join(",\r\n ")],
    ["Subject", encoded(oneLine(subject))],
    ["Date", new Date(sent).toUTCString().replace("GMT", "+0000")],
    ["Message-ID", `<${newId()}@${sender.slice(sender.lastIndexOf("@") + 1)}>`],
    ["Auto-Submitted", "auto-generated"],
    ["MIME-Version", "1.0"],
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Transfer-Encoding", "base64"],
  ];
  const lines =
    Buffer.from(body.replace(/\r?\n/g, "\r\n"))
      .toString("base64")
      .match(/.{1,76}/g) ?? [];
  return `${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${lines.join("\r\n")}\r\n`;
}

/** `Ops <ops@example.com>` has the address `ops@example.com`. */
export function addressIn(mailboxText: string): string {
  return (/<([^<>]*)>\s*$/.exec(mailboxText)?.[1] ?? mailboxText).trim();
}

function mailbox(given: string): string {
  const line = oneLine(given);
  const [, name = ""] = /^(.*?)\s*<[^<>]*>\s*$/.exec(line) ?? [];
  return name === "" ? addressIn(line) : `${encoded(name)} <${addressIn(line)}>`;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ").trim();
}

/** An encoded word has 75 characters at most, of which 12 are around the base64. */
const WORD_BYTES = 45;

function encoded(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words: string[] = [""];
  for (const character of text) {
    const last = words.at(-1) ?? "";
    if (Buffer.byteLength(last + character) > WORD_BYTES) words.push(character);
    else words[words.length - 1] = last + character;
  }
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString("base64")}?=`).join("\r\n ");
}
