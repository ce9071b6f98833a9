// Names as parts of addresses: each comes back as it was, and none is taken for a folder.
import { describe, expect, test } from "bun:test";
import { nameOfPart, pathPart } from "#lib/text/path-part.ts";

const NAMES = [
  ...[
    "plain",
    "a b",
    "a/b",
    "/",
    "//",
    ".",
    "..",
    "...",
    "./",
    "../..",
    ".a",
    "#",
    "?",
    "a?b#c",
    "+",
    "&",
    ";",
    "ä",
    "👋🏽",
    "\\",
  ],
  ...["%", "%.", "%%..", "%25", "%2F", "%a%2Fb", "%%25", "a%2Fb", "100%", "%E0%A4%A", "a%"],
];

describe("a name in an address", () => {
  for (const name of NAMES)
    test(`${name} comes back through a URL`, () => {
      const { pathname } = new URL(`http://host/pools/${pathPart(name)}/queues`);
      const [, pools, part = "", queues, ...more] = pathname.split("/");
      expect([pools, queues, more]).toEqual(["pools", "queues", []]);
      const once = decodeURIComponent(part);
      expect(once).not.toMatch(/^\.{1,2}$|\//);
      expect(nameOfPart(once)).toBe(name);
    });

  for (const name of ["plain", "a b", "%", "100%", "%x", "%41", "a%2Fb", "..."])
    test(`${name} is read as it is when it was encoded once, as by clients of Prefect`, () => {
      expect(nameOfPart(decodeURIComponent(encodeURIComponent(name)))).toBe(name);
    });
});
