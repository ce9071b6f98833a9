// install.sh by network: which archive it takes, and what it says of downloads that fail.
import { afterAll, afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectRefusal, type InstallMachine, installMachine } from "./install-machine.ts";

let machine: InstallMachine;
beforeEach(() => {
  machine = installMachine();
  machine.makeRelease("echo orch 1.2.0");
});
afterEach(() => machine.close());

const program = () => join(machine.home, ".local/bin/orch");

const asked: string[] = [];
const server = Bun.serve({
  ...{ hostname: "127.0.0.1", port: 0 },
  async fetch({ url }) {
    const { pathname } = new URL(url);
    asked.push(pathname);
    const file = Bun.file(join(machine.release, pathname.split("/").at(-1) ?? ""));
    const isThere = /^\/owner\/releases\/(latest\/download|download\/v1\.2\.0)\//.test(pathname);
    return isThere && (await file.exists()) ? new Response(file) : new Response("<p>no", { status: 404 });
  },
});
const url = `http://127.0.0.1:${server.port}/owner/releases`;
beforeEach(() => {
  asked.length = 0;
});
afterAll(() => server.stop(true));

for (const [tool, other] of [
  ["curl", "wget"],
  ["wget", "curl"],
] as const) {
  const path = Bun.which(tool);
  test.skipIf(path === null)(`by ${tool}, without ${other}`, async () => {
    symlinkSync(path ?? "", join(machine.root, "bin", tool));
    const { code, out, err } = await machine.install(["--url", `${url}/`, "--version", "v1.2.0"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`Downloading ${url}/download/v1.2.0/checksums.txt\n`);
    expect(asked).toEqual([
      "/owner/releases/download/v1.2.0/checksums.txt",
      expect.stringMatching(/^\/owner\/releases\/download\/v1\.2\.0\/orch-\S+\.gz$/),
    ]);
    expect((await machine.install(["--url", url, "--version", "latest"])).code).toBe(0);
    const missing = await machine.install(["--url", url, "--version", "9.9.9"]);
    expect([missing.code, missing.err]).toEqual([
      1,
      expect.stringMatching(
        /^'http:\S+\/download\/v9\.9\.9\/checksums\.txt' could not be downloaded.*: check the net.*\n$/,
      ),
    ]);
  });
}

const onPath = (...tools: string[]) => {
  for (const tool of tools) symlinkSync(Bun.which(tool) ?? "", join(machine.root, "bin", tool));
};
const hasAll = ["curl", "tar", "xz"].every((tool) => Bun.which(tool) !== null);

test.skipIf(!hasAll)("the smaller archive is taken where tar unpacks it", async () => {
  await machine.addSmaller();
  onPath("curl", "tar");
  const taken = async () => {
    asked.length = 0;
    expect((await machine.install(["--url", url, "--version", "1.2.0"])).code).toBe(0);
    expect(Bun.spawnSync([program()]).stdout.toString()).toBe("orch 1.2.0\n");
    return asked.at(-1) ?? "";
  };
  if (process.platform === "linux") expect(await taken()).toEndWith(".gz"); // GNU's needs xz
  onPath("xz");
  expect(await taken()).toEndWith(".tar.xz");
  machine.remove("gzip");
  expect(await taken()).toEndWith(".tar.xz");
  machine.fake("tar", "exit 1");
  expectRefusal(await machine.install(["--url", url, "--version", "1.2.0"]), "There is no gzip here: install it.");
});

test.skipIf(!hasAll)("a release that lists no smaller archive is taken as it is", async () => {
  onPath("curl", "tar", "xz");
  expect((await machine.install(["--url", url, "--version", "1.2.0"])).code).toBe(0);
  expect(asked.at(-1)).toEndWith(".gz");
});

test.skipIf(!hasAll)("a smaller archive that was cut off, or is of something else", async () => {
  await machine.addSmaller();
  onPath("curl", "tar", "xz");
  for (const name of new Bun.Glob("*.tar.xz").scanSync(machine.release)) {
    const path = join(machine.release, name);
    writeFileSync(path, readFileSync(path).subarray(0, 40));
  }
  const refused = await machine.install(["--url", url, "--version", "1.2.0"]);
  expectRefusal(refused, /^The checksum of 'orch-\S+\.tar\.xz' is wrong/);
  expect(machine.inHome()).toEqual([]);
});

test.skipIf(Bun.which("curl") === null)("a download over TLS is not led to an address without", async () => {
  const said = join(machine.root, "said");
  machine.fake("curl", `echo "$*" >>'${said}'; exit 22`);
  await machine.install(["--url", "https://example.com/releases", "--version", "1.2.0"]);
  expect(readFileSync(said, "utf8")).toMatch(/^-fsSL --proto =https --retry 3 .* -o .* https:\/\/example\.com\//);
});

for (const tool of ["curl", "wget"]) {
  test.skipIf(Bun.which(tool) === null)(`a connection that ends in the middle is no download, by ${tool}`, async () => {
    onPath(tool);
    const half = Bun.listen({
      ...{ hostname: "127.0.0.1", port: 0 },
      socket: { data: (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf") },
    });
    const address = `http://127.0.0.1:${half.port}`;
    try {
      expectRefusal(
        await machine.install(["--url", address, "--version", "1.2.0"]),
        /^'http:\S+checksums\.txt' could not be downloaded/,
      );
    } finally {
      half.stop(true);
    }
    expect(machine.inHome()).toEqual([]);
  });
}

test("with neither, and without an address", async () => {
  expectRefusal(await machine.install(["--url", url, "--version", "1.2.0"]), "There is neither curl nor wget here");
  expectRefusal(await machine.install(["--url", "", "--version", "1.2.0"]), "knows no address to download from");
});

test("without gzip's archive the smaller one of the folder is taken; a tar that cannot unpack it says what to install", async () => {
  if (["tar", "xz"].some((tool) => Bun.which(tool) === null)) return;
  await machine.addSmaller();
  for (const name of new Bun.Glob("*.gz").scanSync(machine.release)) rmSync(join(machine.release, name));
  expectRefusal(
    await machine.install(["--from", machine.release]),
    /^There is no tar here that unpacks 'orch-\S+\.tar\.xz': install xz, or get 'orch-\S+\.gz'\.$/,
  );
  for (const tool of ["tar", "xz"]) symlinkSync(Bun.which(tool) ?? "", join(machine.root, "bin", tool));
  expect((await machine.install(["--from", machine.release])).code).toBe(0);
  expect(Bun.spawnSync([program()]).stdout.toString()).toBe("orch 1.2.0\n");
});
