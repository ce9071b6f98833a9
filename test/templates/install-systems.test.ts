// install.sh on systems that differ: C libraries, 32 bits, few tools, another installation at the same time.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectRefusal, type InstallMachine, installMachine } from "./install-machine.ts";

let machine: InstallMachine;
beforeEach(() => {
  machine = installMachine();
  machine.makeRelease("echo orch 1.2.0");
});
afterEach(() => machine.close());

const program = () => join(machine.home, ".local/bin/orch");
const fromFiles = (...words: string[]) => machine.install(["--from", machine.release, ...words]);

/** By the files of which C libraries a machine has, and what its ldd says. */
const LIBRARIES: [name: string, has: string, ldd: string, isMusl: boolean][] = [
  ["glibc alone", "/lib*/ld-linux-*", "ldd (GNU libc) 2.36", false],
  ["musl alone, without ldd", "/lib/ld-musl-*", "not found; exit 127", true],
  ["Alpine with gcompat", "/lib/ld-musl-* | /lib*/ld-linux-*", "musl libc (x86_64); exit 1", true],
  ["Debian with musl", "/lib/ld-musl-* | /lib*/ld-linux-*", "ldd (GNU libc) 2.36", false],
];

for (const [name, has, ldd, isMusl] of LIBRARIES) {
  test.skipIf(process.platform !== "linux")(
    `${name}: the executable ${isMusl ? "for musl" : "for glibc"}`,
    async () => {
      const [says = "", exit = ""] = ldd.split(";");
      machine.fake("ldd", `echo '${says}' >&2;${exit}`);
      machine.fake("ls", `case $1 in ${has}) exit 0 ;; *) exit 2 ;; esac`);
      expect((await fromFiles()).code).toBe(0);
      const record = readFileSync(join(machine.home, ".local/share/orch/checksums.txt"), "utf8");
      expect(record.trimEnd().endsWith("-musl")).toBe(isMusl);
    },
  );
}

test("where sha256sum and shasum are missing, openssl computes the checksum", async () => {
  machine.remove("sha256sum", "shasum");
  expect((await fromFiles()).code).toBe(0);
});

test("two installations at once, into a folder that neither finds, are both whole", async () => {
  const both = await Promise.all([fromFiles(), fromFiles()]);
  expect(both.map(({ code, err }) => [code, err])).toEqual([
    [0, ""],
    [0, ""],
  ]);
  expect(Bun.spawnSync([program()]).stdout.toString()).toBe("orch 1.2.0\n");
  expect((await machine.install(["--uninstall"])).code).toBe(0);
  expect(machine.inHome().filter((path) => path.includes("orch"))).toEqual([]);
});

test("a folder that another installation has just made is no hindrance", async () => {
  const mkdir = Bun.which("mkdir") ?? "";
  machine.fake("mkdir", `'${mkdir}' "$@"; case $1 in *.orch-install-*) ;; *) exit 1 ;; esac`);
  expect((await fromFiles("--to", join(machine.home, "bin"))).err).toBe("");
});

test("on a system of 32 bits one sentence says so before anything is fetched", async () => {
  machine.fake("getconf", "echo 32");
  expectRefusal(await fromFiles(), "This is a system of 32 bits on a processor of 64");
});
