// Which engine a machine's settings name: by address, by the context of the docker command, by the sockets that are there.
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findEndpoint } from "#infrastructure/docker/endpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-endpoint-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, content: string): string {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
  return whole;
}

write("certs/ca.pem", "CA");
write("certs/cert.pem", "CERT");
write("certs/key.pem", "KEY");
const certificates = join(folder, "certs");
const TLS = { ca: "CA", cert: "CERT", key: "KEY" };

const ADDRESSES: [env: Record<string, string>, base: string, more: object][] = [
  [{ DOCKER_HOST: "unix:///run/user/1/docker.sock" }, "http://localhost", { socket: "/run/user/1/docker.sock" }],
  [{ DOCKER_HOST: "tcp://build:2375" }, "http://build:2375", {}],
  [{ DOCKER_HOST: "tcp://build" }, "http://build:2375", {}],
  [{ DOCKER_HOST: "http://build:80/" }, "http://build:80", {}],
  [
    { DOCKER_HOST: "tcp://build", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certificates },
    "https://build:2376",
    { tls: { ...TLS, rejectUnauthorized: true } },
  ],
  [
    { DOCKER_HOST: "tcp://build:1", DOCKER_CERT_PATH: certificates },
    "https://build:1",
    { tls: { ...TLS, rejectUnauthorized: false } },
  ],
  [{ CONTAINER_HOST: "unix:///run/p.sock", HOME: folder }, "http://localhost", { socket: "/run/p.sock" }],
];
for (const [env, base, more] of ADDRESSES) {
  test(`${JSON.stringify(env).replaceAll(folder, "…")} is ${base}`, () => {
    expect(findEndpoint(env)).toEqual({ name: env["DOCKER_HOST"] ?? env["CONTAINER_HOST"] ?? "", base, ...more });
  });
}

test("the context of the docker command counts, with its certificates; DOCKER_HOST goes before it", () => {
  const id = new Bun.CryptoHasher("sha256").update("remote").digest("hex");
  const meta = { Name: "remote", Endpoints: { docker: { Host: "tcp://far:2376", SkipTLSVerify: false } } };
  write(`.docker/contexts/meta/${id}/meta.json`, JSON.stringify(meta));
  write(`.docker/contexts/tls/${id}/docker/ca.pem`, "CA");
  write(".docker/config.json", JSON.stringify({ currentContext: "remote" }));
  const expected = { base: "https://far:2376", tls: { ca: "CA", rejectUnauthorized: true } };
  expect(findEndpoint({ HOME: folder })).toMatchObject(expected);
  expect(
    findEndpoint({ HOME: "/nowhere", DOCKER_CONFIG: join(folder, ".docker"), DOCKER_CONTEXT: "remote" }),
  ).toMatchObject(expected);
  expect(findEndpoint({ HOME: folder, DOCKER_HOST: "tcp://near" }).base).toBe("http://near:2375");
  expect(() => findEndpoint({ HOME: folder, DOCKER_CONTEXT: "other" })).toThrow(
    "There is no docker context 'other' in '",
  );
  expect(findEndpoint({ HOME: folder, DOCKER_CONTEXT: "default" }).socket).toBe("/var/run/docker.sock");
});

test("without a word of the user it is a socket that is there, Docker's before podman's", () => {
  const runtime = join(folder, "runtime");
  const env = { HOME: join(folder, "home"), XDG_RUNTIME_DIR: runtime };
  write("runtime/podman/podman.sock", "");
  const own = findEndpoint(env).socket;
  // On a machine with a daemon of its own that one is taken.
  expect(["/var/run/docker.sock", join(runtime, "podman/podman.sock")]).toContain(String(own));
  if (own === "/var/run/docker.sock") return;
  write("runtime/docker.sock", "");
  expect(findEndpoint(env).socket).toBe(join(runtime, "docker.sock"));
});

for (const address of ["build", "ssh://me@build", "npipe:////./pipe/docker_engine", "tcp://"]) {
  test(`'${address}' is refused with what would do`, () => {
    expect(() => findEndpoint({ DOCKER_HOST: address })).toThrow(
      /^'.*' \(DOCKER_HOST\) is no address of a container engine: give unix:\/\/\/path\/to\/docker\.sock, tcp:/,
    );
  });
}
