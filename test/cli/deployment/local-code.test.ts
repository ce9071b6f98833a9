// Which servers are of this machine: their agents find the code that is kept here.
import { expect, test } from "bun:test";
import { hostname, networkInterfaces } from "node:os";
import { localCode } from "#cli/deployment/build/local-code.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { testSettings } from "../../settings.ts";

const cwd = "/home/ada/flows";
const spec = { storage: null, path: cwd, infrastructure: { block_type_slug: "process" } } as unknown as DeploymentSpec; // what is looked at
const said = (url: string | null) => localCode(spec, { url, cwd, settings: testSettings() }) !== undefined;

test("one elsewhere, by name and by address", () => {
  for (const url of ["http://orch.example/api", "https://10.255.255.1:4200/api", "http://[2001:db8::1]:4200/api"]) {
    expect([url, said(url)]).toEqual([url, true]);
  }
});

test("one of this machine: in this process, by the loopback address, by its own name and addresses", () => {
  const own = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map(({ address, family }) => (family === "IPv6" ? `[${address}]` : address)),
  );
  const hosts = ["127.0.0.1", "localhost", hostname(), ...own];
  expect([said(null), ...hosts.map((host) => said(`http://${host}:4200/api`))]).toEqual([
    false,
    ...hosts.map(() => false),
  ]);
});
