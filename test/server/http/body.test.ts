// A body's bytes become its text, or a refusal: none is replaced by a question mark.
import { expect, test } from "bun:test";
import { createBodies } from "#server/http/body.ts";
import { ProblemError } from "#server/http/problem.ts";
import { manualClock } from "../../clock.ts";

const WAYS: [how: string, headers: Record<string, string>][] = [
  ["at once", {}],
  ["in pieces", { "transfer-encoding": "chunked" }],
];
const bytes = (...parts: (string | number)[]): Blob =>
  new Blob(parts.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part)));
const READ: [what: string, body: Blob, text: string][] = [
  ["letters of all lengths", bytes('"aö€🙂"'), '"aö€🙂"'],
  ["the sign for what is no letter, if it was sent", bytes('"\ufffd"'), '"\ufffd"'],
  ["a byte order mark, which is left out", bytes(0xef, 0xbb, 0xbf, "{}"), "{}"],
  ["nothing", bytes(), ""],
];
const REFUSED: [what: string, body: Blob][] = [
  ["Latin-1", bytes('"M', 0xfc, 'ller"')],
  ["a letter that is cut off", bytes('"', 0xe2, 0x82)],
  ["half of a surrogate pair", bytes('"', 0xed, 0xa0, 0x80, '"')],
];
for (const [how, headers] of WAYS) {
  const read = (body: Blob) =>
    createBodies(manualClock()).text(new Request("http://test/api/flows/", { method: "POST", body, headers }));
  for (const [what, body, text] of READ) {
    test(`${what}, ${how}`, async () => expect(await read(body)).toBe(text));
  }
  for (const [what, body] of REFUSED) {
    test(`${what}, ${how}, is refused`, async () => {
      const error = await read(body).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ProblemError);
      expect(error).toMatchObject({ status: 400, body: { detail: "The body is not valid UTF-8." } });
    });
  }
}
