// Which addresses are this machine's, and which proxy the others are reached through.
import { describe, expect, test } from "bun:test";
import { isLoopback } from "#client/transport.ts";
import { proxyOf } from "#lib/proxy.ts";

describe("D11: addresses of this machine", () => {
  for (const host of [
    "127.0.0.1",
    "127.1.2.3",
    "localhost",
    "LOCALHOST",
    "a.localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0.0.0.0",
  ]) {
    test(`${host} is one`, () => expect(isLoopback(`http://${host}:4200/api`)).toBe(true));
  }
  for (const host of ["10.0.0.1", "localhost.example.com", "127.0.0.1.example.com", "example.com", "[::2]"]) {
    test(`${host} is none`, () => expect(isLoopback(`http://${host}:4200/api`)).toBe(false));
  }
});

const CASES: [what: string, url: string, env: Record<string, string>, proxy: string | null][] = [
  ["no variable", "http://a.lan/api", {}, null],
  ["HTTP_PROXY", "http://a.lan/api", { HTTP_PROXY: "http://p:1/" }, "http://p:1"],
  ["the small letters win", "http://a.lan/api", { HTTP_PROXY: "http://p:1", http_proxy: "http://q:2" }, "http://q:2"],
  ["an empty one is none", "http://a.lan/api", { HTTP_PROXY: "" }, null],
  ["HTTPS_PROXY is for https", "http://a.lan/api", { HTTPS_PROXY: "http://p:1" }, null],
  ["HTTPS_PROXY for https", "https://a.lan/api", { HTTPS_PROXY: "http://p:1" }, "http://p:1"],
  ["ALL_PROXY", "https://a.lan/api", { ALL_PROXY: "http://p:1" }, "http://p:1"],
  ["the password is hidden", "http://a.lan/api", { http_proxy: "http://me:s@cret@p:1" }, "http://p:1"],
  ["NO_PROXY by a domain", "http://a.lan/api", { http_proxy: "http://p:1", NO_PROXY: "x.org, .lan" }, null],
  ["no_proxy by a name with a port", "http://a.lan:80/api", { http_proxy: "http://p:1", no_proxy: "a.lan:80" }, null],
  ["NO_PROXY for all", "http://a.lan/api", { http_proxy: "http://p:1", NO_PROXY: "*" }, null],
  ["NO_PROXY of another", "http://a.lan/api", { http_proxy: "http://p:1", NO_PROXY: "b.lan" }, "http://p:1"],
];
describe("D11: the proxy of an address", () => {
  for (const [what, url, env, proxy] of CASES) test(what, () => expect(proxyOf(url, env)).toBe(proxy));
});
