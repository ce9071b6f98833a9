// Who is let in: by host, by origin, by what a browser says of the page, and by key.
import { describe, expect, test } from "bun:test";
import { corsHeaders, createGuard, isLoopback } from "#server/http/guard.ts";
import type { Settings } from "#settings/table.ts";
import { testSettings } from "../../settings.ts";

interface Ask {
  settings?: Partial<Settings>;
  bound?: string;
  method?: string;
  path?: string;
  headers?: Record<string, string>;
}

/** The status of the refusal, or 0 for none. */
function asked({
  settings = {},
  bound = "127.0.0.1",
  method = "GET",
  path = "/api/version",
  headers = {},
}: Ask): number {
  const given = { host: "127.0.0.1:4200", ...headers };
  const guard = createGuard(testSettings(settings), bound);
  return guard(new Request(`http://127.0.0.1:4200${path}`, { method, headers: given }))?.status ?? 0;
}

describe("the host a request names", () => {
  const KEY = { ORCH_SERVER_API_KEY: "k" };
  const LISTED = { ORCH_SERVER_ALLOWED_HOSTS: "orch.example, Other.Example" };
  const ANY = { ORCH_SERVER_ALLOWED_HOSTS: "*" };
  const cases: [bound: string, settings: Partial<Settings>, host: string, isLetIn: boolean][] = [
    ["127.0.0.1", {}, "LOCALHOST:4200", true],
    ["127.0.0.1", {}, "[::1]:4200", true],
    ["127.0.0.1", {}, "0.0.0.0:4200", false],
    ["127.0.0.1", {}, "192.168.1.5:4200", false],
    ["127.0.0.1", {}, "rebound.example:4200", false],
    ["127.0.0.1", {}, "", false],
    ["127.0.0.1", KEY, "rebound.example:4200", false],
    ["127.0.0.1", LISTED, "orch.example", true],
    ["127.0.0.1", LISTED, "OTHER.example:443", true],
    ["127.0.0.1", LISTED, "a.orch.example", false],
    ["127.0.0.1", LISTED, "orch.example.evil.example", false],
    ["127.0.0.1", ANY, "rebound.example", true],
    // Open to others with a key: any name, unless names are listed.
    ["0.0.0.0", KEY, "any.example", true],
    ["0.0.0.0", { ...KEY, ...LISTED }, "any.example", false],
    ["0.0.0.0", { ...KEY, ...LISTED }, "orch.example", true],
    ["0.0.0.0", { ...KEY, ...LISTED }, "10.0.0.3:4200", true],
    // Open to all without one: a rebound name would be a way in for any page, a number is none.
    ["0.0.0.0", {}, "rebound.example:4200", false],
    ["0.0.0.0", {}, "10.0.0.3:4200", true],
    ["::", {}, "[fe80::1]:4200", true],
    ["server.internal", {}, "server.internal:4200", true],
  ];
  for (const [bound, settings, host, isLetIn] of cases) {
    test(`'${host}' at ${bound} with ${JSON.stringify(settings)} is ${isLetIn ? "let in" : "refused"}`, () => {
      const headers = { host, authorization: "Bearer k" };
      expect(asked({ bound, settings, headers })).toBe(isLetIn ? 0 : 403);
    });
  }
});

describe("a page", () => {
  const LISTED = { ORCH_SERVER_CORS_ORIGINS: "https://a.example" };
  const cases: [settings: Partial<Settings>, headers: Record<string, string>, isLetIn: boolean][] = [
    [{}, { origin: "http://127.0.0.1:4200" }, true],
    [{}, { origin: "http://127.0.0.1:4201" }, false],
    [{}, { origin: "null" }, false],
    [LISTED, { origin: "null" }, false],
    [LISTED, { origin: "https://a.example" }, true],
    [LISTED, { origin: "https://a.example.evil.example" }, false],
    [LISTED, { origin: "http://a.example" }, false],
    // An image or a script of a foreign page carries no origin, but a browser says what it is.
    [{}, { "sec-fetch-mode": "no-cors", "sec-fetch-site": "cross-site" }, false],
    [{}, { "sec-fetch-mode": "no-cors", "sec-fetch-site": "same-site" }, false],
    [{}, { "sec-fetch-mode": "no-cors", "sec-fetch-site": "same-origin" }, true],
    [{}, { "sec-fetch-mode": "no-cors", "sec-fetch-site": "none" }, true],
    [{}, { "sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site" }, true],
    [LISTED, { origin: "https://a.example", "sec-fetch-mode": "cors", "sec-fetch-site": "cross-site" }, true],
  ];
  for (const [settings, headers, isLetIn] of cases) {
    test(`${JSON.stringify(headers)} with ${JSON.stringify(settings)} is ${isLetIn ? "let in" : "refused"}`, () => {
      expect(asked({ settings, headers })).toBe(isLetIn ? 0 : 403);
    });
  }
});

describe("a key", () => {
  const cases: [authorization: string, isLetIn: boolean][] = [
    ["Bearer open sesame", true],
    ["bearer open sesame", true],
    ["Bearer   open sesame", true],
    ["open sesame", false],
    ["Basic open sesame", false],
    ["Bearer open", false],
    ["Bearer open sesame!", false],
    ["Bearer ", false],
    ["", false],
  ];
  for (const [authorization, isLetIn] of cases) {
    test(`given as '${authorization}' is ${isLetIn ? "let in" : "refused"}`, () => {
      const ask = { settings: { ORCH_SERVER_API_KEY: "open sesame" }, headers: { authorization } };
      expect(asked(ask)).toBe(isLetIn ? 0 : 401);
    });
  }

  test("that is wrong is never repeated in the answer", async () => {
    const guard = createGuard(testSettings({ ORCH_SERVER_API_KEY: "open sesame" }), "127.0.0.1");
    const headers = { host: "localhost", authorization: "Bearer a-wrong-guess" };
    const answer = await guard(new Request("http://localhost/api/version", { headers }))?.text();
    expect(answer).toContain("ORCH_API_KEY");
    expect(answer).not.toMatch(/sesame|guess/);
  });
});

test("an allowed page may read the answer; without allowed pages nobody is told so", () => {
  const request = new Request("http://h/", { headers: { origin: "https://a.example" } });
  expect(corsHeaders(testSettings(), request)).toEqual({});
  expect(corsHeaders(testSettings({ ORCH_SERVER_CORS_ORIGINS: "https://a.example" }), request)).toMatchObject({
    "access-control-allow-origin": "https://a.example",
    vary: "Origin",
  });
});

test("loopback addresses are those of this machine alone", () => {
  expect(["127.0.0.1", "127.8.9.1", "localhost", "::1", "[::1]"].every(isLoopback)).toBe(true);
  expect(["0.0.0.0", "::", "127.0.0.1.example", "10.0.0.1", ""].some(isLoopback)).toBe(false);
});
