// What lines of `known_hosts` say about the key of a server.
import { expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { compareKey, hostKeyAlgorithms, knownKeys } from "#storage/sftp/known-hosts.ts";

const key = (text: string) => Buffer.from(text).toString("base64");

const salt = Buffer.from("salt").toString("base64");
const hash = createHmac("sha1", Buffer.from("salt")).update("[server.test]:2222").digest("base64");

for (const [line, host, port, found] of [
  [`server.test ssh-ed25519 ${key("a")}`, "server.test", 22, "known"],
  [`server.test ssh-ed25519 ${key("a")} a comment`, "Server.test", 22, "known"],
  [`server.test ssh-ed25519 ${key("b")}`, "server.test", 22, "changed"],
  [`server.test ssh-ed25519 ${key("b")}`, "server.test", 2222, "unknown"],
  [`server.test ssh-ed25519 ${key("b")}`, "serverxtest", 22, "unknown"],
  [`[server.test]:2222 ssh-rsa ${key("b")}`, "server.test", 2222, "changed"],
  [`|1|${salt}|${hash} ssh-ed25519 ${key("a")}`, "server.test", 2222, "known"],
  [`|1|${salt}|${hash} ssh-ed25519 ${key("a")}`, "server.test", 22, "unknown"],
  [`one,*.test,!db.test ssh-ed25519 ${key("b")}`, "server.test", 22, "changed"],
  [`one,*.test,!db.test ssh-ed25519 ${key("b")}`, "db.test", 22, "unknown"],
  [`d?.test ssh-ed25519 ${key("b")}`, "db.test", 22, "changed"],
  [`@revoked * ssh-ed25519 ${key("a")}`, "server.test", 22, "revoked"],
  [`@revoked * ssh-ed25519 ${key("b")}`, "server.test", 22, "unknown"],
  [`@cert-authority * ssh-ed25519 ${key("b")}`, "server.test", 22, "unknown"],
  [`# server.test ssh-ed25519 ${key("b")}`, "server.test", 22, "unknown"],
  [`server.test ssh-ed25519 ${key("b")}\nserver.test ssh-rsa ${key("a")}`, "server.test", 22, "known"],
  ["", "server.test", 22, "unknown"],
] as const) {
  test(`${JSON.stringify(line)} for ${host}:${port}: ${found}`, () => {
    expect(compareKey(knownKeys(line, host, port), Buffer.from("a"))).toBe(found);
  });
}

test("a server is asked for the kind of key that is known first", () => {
  const known = knownKeys(`server.test ssh-rsa ${key("a")}`, "server.test", 22);
  expect(hostKeyAlgorithms(known).slice(0, 4)).toEqual(["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa", "ssh-ed25519"]);
  expect(hostKeyAlgorithms([])[0]).toBe("ssh-ed25519");
});
