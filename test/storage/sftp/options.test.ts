// What addresses and settings of `sftp://` come to.
import { expect, test } from "bun:test";
import type { JsonObject } from "#lib/json.ts";
import { openRemoteFileSystem } from "#storage/remote-file-system.ts";
import { sftpOptions } from "#storage/sftp/options.ts";
import { sftpStore } from "#storage/sftp/store.ts";

const optionsOf = (host: string, settings: JsonObject = {}, env: Record<string, string> = { USER: "me" }) =>
  sftpOptions({ scheme: "sftp", host, path: "srv//flows", settings }, "/nowhere", env);

test("an address has user, password, server and port; settings beat it, as with Prefect", () => {
  expect(optionsOf("ann:p%40ss@server.test:2222")).toMatchObject({
    ...{ host: "server.test", port: 2222, username: "ann", password: "p@ss", base: "/srv/flows" },
  });
  expect(optionsOf("server.test")).toMatchObject({ port: 22, username: "me", password: undefined, agent: undefined });
  expect(optionsOf("server.test:80").port).toBe(80);
  expect(optionsOf("[::1]:2222")).toMatchObject({ host: "::1", port: 2222 });
  const settings = { host: "other.test", port: 23, username: "bob", password: "word" };
  expect(optionsOf("ann@server.test:2222", settings)).toMatchObject(settings);
  expect(optionsOf("", { host: "other.test" }).host).toBe("other.test");
});

test("the SSH agent is used unless allow_agent says no", () => {
  expect(optionsOf("a", {}, { USER: "me", SSH_AUTH_SOCK: "/socket" }).agent).toBe("/socket");
  expect(optionsOf("a", { allow_agent: false }, { USER: "me", SSH_AUTH_SOCK: "/socket" }).agent).toBeUndefined();
});

test("settings that are not used are named, those of waiting are not", () => {
  expect(optionsOf("a", { gss_auth: true, timeout: 3 }).notes).toEqual([
    "Settings of the block that are not used: 'settings.gss_auth'.",
  ]);
});

test("what leads nowhere is a sentence", () => {
  expect(() => optionsOf("")).toThrow("The address names no server. Write 'sftp://server/folder'");
  expect(() => optionsOf("a b")).toThrow("The address names no server.");
  expect(() => optionsOf("a", { port: "x" })).toThrow("The setting 'port' of the remote file system is no port: 'x'.");
  expect(() => optionsOf("a", { key_filename: "/nowhere/key" })).toThrow(
    "The file '/nowhere/key', which the setting 'key_filename' names, cannot be read",
  );
});

test("no password is in places and refusals", async () => {
  expect(sftpStore(optionsOf("ann:secret@server.test:2222")).location("a/b")).toBe(
    "sftp://server.test:2222/srv/flows/a/b",
  );
  const refused = openRemoteFileSystem({ basepath: "ftp://ann:secret@server.test/a" });
  await expect(refused).rejects.toThrow("The basepath 'ftp://***@server.test/a' of the remote file system must begin");
});
