// install.sh where all is well, and on machines that lack things, hold other things, or fail in the middle.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { NO_SMALL_DISKS, smallDisk } from "../small-disk.ts";
import { expectRefusal, type InstallMachine, installMachine } from "./install-machine.ts";

let machine: InstallMachine;
beforeEach(() => {
  machine = installMachine();
  machine.makeRelease("echo orch 1.2.0");
});
afterEach(() => machine.close());

const program = () => join(machine.home, ".local/bin/orch");
const fromFiles = (...words: string[]) => machine.install(["--from", machine.release, ...words]);
const SHELLS = [["dash"], ["bash"], ["bash", "--posix"], ["busybox", "sh"], ["ksh"], ["zsh", "--emulate", "sh"]];

for (const [name = "", ...words] of SHELLS) {
  const path = Bun.which(name);
  if (path === null) continue; // test/release has busybox's
  test(`installs and uninstalls by ${[name, ...words].join(" ")}, without a trace`, async () => {
    const shell = [path, ...words];
    const record = join(machine.home, ".local/share/orch/checksums.txt");
    const { code, out, err } = await machine.install(["--from", machine.release], { shell });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      `Wrote ${program()} (orch 1.2.0)\nWrote ${record}\n'${machine.home}/.local/bin' is not on your PATH. ` +
        `Add it, here and in ~/.profile: export PATH="${machine.home}/.local/bin:$PATH"\n`,
    );
    expect(readFileSync(record, "utf8")).toMatch(/^[0-9a-f]{64} {2}orch-(linux|darwin)-[a-z0-9-]+\n$/);
    const removed = await machine.install(["--uninstall"], { shell });
    expect([removed.code, removed.err]).toEqual([0, ""]);
    expect(removed.out).toContain(`Removed ${program()}\nRemoved ${record}\n`);
    expect(machine.inHome()).toEqual([]);
  });
}

test("folders that were there before stay, also when they are empty", async () => {
  mkdirSync(join(machine.home, ".local/bin"), { recursive: true });
  await fromFiles();
  await machine.install(["--uninstall"]);
  expect(machine.inHome()).toEqual([".local", ".local/bin"]);
  mkdirSync(join(machine.root, "tools"));
  for (const words of [["--from", machine.release], ["--uninstall"]]) {
    expect((await machine.install([...words, "--to", "tools/"])).code).toBe(0);
  }
  expect(existsSync(join(machine.root, "tools"))).toBe(true);
});

test("all users may run what root installs under a strict umask", async () => {
  const shell = ["/bin/sh", "-c", 'umask 077; exec /bin/sh "$@"', "sh"];
  expect((await machine.install(["--from", machine.release], { shell })).code).toBe(0);
  for (const path of [".local", ".local/bin", ".local/bin/orch", ".local/share/orch"]) {
    expect([path, (statSync(join(machine.home, path)).mode & 0o777).toString(8)]).toEqual([path, "755"]);
  }
});

test("an older one is replaced, and named; one that runs goes on", async () => {
  mkdirSync(join(machine.home, ".local/bin"), { recursive: true });
  copyFileSync(Bun.which("sleep") ?? "", program());
  const running = Bun.spawn([program(), "60"]);
  // Another program of the name stays.
  expectRefusal(
    await fromFiles(),
    /^'.*\/orch' is another program \(sleep .*\): choose another folder by --to FOLDER\.$/,
  );
  const older = `${program()}.older`;
  writeFileSync(older, "#!/bin/sh\necho orch 1.1.0\n", { mode: 0o755 });
  renameSync(older, program());
  const { code, out } = await fromFiles();
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/It replaces orch 1\.1\.0\. [\s\S]*keep the old one until you start/),
  ]);
  expect(running.exitCode).toBe(null);
  running.kill();
  await running.exited;
  expect(Bun.spawnSync([program()]).stdout.toString()).toBe("orch 1.2.0\n");
  writeFileSync(program(), "no program");
  expect((await fromFiles()).out).toContain("It replaces one that does not run.");
});

test("on the PATH it says what to try; another orch that comes first is named", async () => {
  const bin = join(machine.home, ".local/bin");
  const path = join(machine.root, "bin");
  expect((await machine.install(["--from", machine.release], { env: { PATH: `${path}:${bin}` } })).out).toContain(
    "\nTry it: orch dev\n",
  );
  machine.fake("orch", "");
  expect((await machine.install(["--from", machine.release], { env: { PATH: `${path}:${bin}` } })).out).toContain(
    `\nAnother orch comes first on your PATH: ${path}/orch\n`,
  );
});

describe("what stops it is one sentence, and leaves what was there", () => {
  beforeEach(() => {
    mkdirSync(join(machine.home, ".local/bin"), { recursive: true });
    writeFileSync(program(), "old");
  });
  afterEach(() => {
    expect(readFileSync(program(), "utf8")).toBe("old");
    expect(machine.inHome()).toEqual([".local", ".local/bin", ".local/bin/orch"]);
  });
  const archives = () => new Bun.Glob("*.gz").scanSync(machine.release);
  const changeArchives = (change: (bytes: Buffer) => Uint8Array) => {
    for (const name of archives()) {
      const path = join(machine.release, name);
      writeFileSync(path, change(readFileSync(path)));
    }
  };
  const removeArchives = () => {
    for (const name of archives()) rmSync(join(machine.release, name));
  };
  const changeList = (change: (text: string) => string) => {
    const path = join(machine.release, "checksums.txt");
    writeFileSync(path, change(readFileSync(path, "utf8")));
  };

  const faults: [name: string, prepare: () => void, sentence: RegExp][] = [
    [
      "a download that was cut off",
      () => changeArchives((bytes) => bytes.subarray(0, 20)),
      /^The checksum of 'orch-\S+\.gz' is wrong \([0-9a-f]{64} instead of [0-9a-f]{64}\): nothing was installed\.$/,
    ],
    ["an archive of something else", () => changeArchives(() => Bun.gzipSync("x")), /^The checksum of 'orch-\S+\.gz'/],
    [
      "an executable that is not the release's",
      () => changeList((text) => text.replace(/^.*(?= {2}orch-\S+(?<!\.gz)$)/gm, "0".repeat(64))),
      /^The checksum of 'orch-[^.]+' is wrong/,
    ],
    ["a list without this platform", () => changeList(() => "x  y\n"), /^checksums\.txt has no line for 'orch-/],
    ["no archive", () => removeArchives(), /^There is no 'orch-\S+\.gz' in '.*release'/],
    ["no gzip", () => machine.remove("gzip"), /^There is no gzip here: install it\.$/],
    [
      "nothing that computes checksums",
      () => machine.remove("sha256sum", "shasum", "openssl"),
      /^There is neither sha256sum, shasum nor openssl here/,
    ],
    ["another processor", () => machine.fake("uname", "echo riscv"), /^There is no executable of orch for 'riscv'/],
    ["SIGTERM in the middle", () => machine.fake("gzip", "kill -TERM $PPID"), /^$/],
  ];
  for (const [name, prepare, sentence] of faults) {
    test(name, async () => {
      prepare();
      expectRefusal(await fromFiles(), sentence);
    });
  }

  test("an executable that does not run on this machine", async () => {
    machine.makeRelease('echo "Error loading shared library libstdc++.so.6" >&2; exit 127');
    expectRefusal(
      await fromFiles(),
      /^The executable does not run here: Error loading .*libstdc\+\+\.so\.6\. On Alpine: apk add libstdc\+\+$/,
    );
  });

  test("a folder without the files, an option without value, one that there is not", async () => {
    expectRefusal(await machine.install(["--from", machine.home]), /^There is no 'checksums.txt' in '/);
    expectRefusal(await machine.install(["--from"]), "Option '--from' needs a value. See 'install.sh --help'.");
    expectRefusal(await machine.install(["--form", "x"]), "There is no option '--form'. See 'install.sh --help'.");
    expectRefusal(await machine.install(["--uninstall", "--to", "/nowhere"]), "There is no orch in '/nowhere'");
  });

  test("a home that is not set", async () => {
    const env = { HOME: undefined };
    expectRefusal(await machine.install(["--from", machine.release], { env }), "HOME is not set: say by --to FOLDER");
    const to = join(machine.root, "there");
    expect((await machine.install(["--from", machine.release, "--to", to], { env })).code).toBe(0);
    expect((await machine.install(["--uninstall", "--to", to], { env })).code).toBe(0);
    expect(existsSync(to)).toBe(false);
  });

  test("a folder in the place of the executable, a file in the place of a folder", async () => {
    mkdirSync(join(machine.root, "taken/orch"), { recursive: true });
    writeFileSync(join(machine.root, "file"), "");
    expectRefusal(await fromFiles("--to", "taken"), /^'.*\/taken\/orch' is a folder: choose another place/);
    expectRefusal(await fromFiles("--to", "file/bin"), /^'.*\/file' cannot be made: choose another folder/);
  });

  const isRoot = process.getuid?.() === 0;
  const setpriv = Bun.which("setpriv");
  test.skipIf(isRoot && setpriv === null)("a folder that may not be written", async () => {
    const shut = join(machine.root, "shut");
    mkdirSync(shut, { mode: 0o555 });
    const asAnother = [setpriv ?? "", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
    const shell = [...(isRoot ? asAnother : []), "/bin/sh"];
    const install = (to: string) => machine.install(["--from", machine.release, "--to", to], { shell });
    expectRefusal(await install(shut), /^'.*\/shut' cannot be written: choose another folder by --to FOLDER\.$/);
    expectRefusal(await install(join(shut, "bin")), /^'.*\/shut\/bin' cannot be made: choose another folder/);
  });

  test.skipIf(NO_SMALL_DISKS !== undefined)("a full disk", async () => {
    for (const padding of [new Uint8Array(4_000_000), crypto.getRandomValues(Buffer.alloc(60_000))]) {
      machine.makeRelease("echo orch 1.2.0", padding);
      const disk = smallDisk(padding.length > 100_000 ? 2000 : 48);
      try {
        expectRefusal(
          await fromFiles("--to", join(disk.folder, "bin")),
          /^The disk of '.*' is full: orch needs 200 MB/,
        );
        expect(existsSync(join(disk.folder, "bin"))).toBe(false);
      } finally {
        disk.remove();
      }
    }
  });
});

test("kill -9 in the middle leaves the old one, and the next installation or removal takes the rest away", async () => {
  await fromFiles();
  const gzip = Bun.which("gzip") ?? "";
  const leftovers = () => machine.inHome().filter((path) => path.includes(".orch-install-"));
  for (const words of [["--from", machine.release], ["--uninstall"]]) {
    machine.makeRelease("echo orch 1.3.0");
    machine.fake("gzip", "kill -9 $PPID");
    expect((await fromFiles()).code).toBe(null);
    expect(leftovers()).not.toEqual([]);
    expect(Bun.spawnSync([program()]).stdout.toString()).toBe(words.length > 1 ? "orch 1.2.0\n" : "orch 1.3.0\n");
    machine.remove("gzip");
    symlinkSync(gzip, join(machine.root, "bin/gzip"));
    expect((await machine.install(words)).code).toBe(0);
    expect(leftovers()).toEqual([]);
  }
  expect(machine.inHome()).toEqual([]);
});

test("a part of the file does nothing: as much as a cut-off download brings", async () => {
  const lines = readFileSync("templates/install.sh", "utf8").trimEnd().split("\n");
  expect(lines.at(-1)).toBe('main "$@"');
  const env = { HOME: machine.home, PATH: join(machine.root, "bin") };
  for (let count = 1; count < lines.length; count += 1) {
    const words = ["-s", "--", "--from", machine.release];
    const stdin = Buffer.from(lines.slice(0, count).join("\n"));
    const { stdout } = Bun.spawnSync(["/bin/sh", ...words], { env, stdin, stderr: "ignore" });
    expect(stdout.toString()).toBe("");
  }
  expect(machine.inHome()).toEqual([]);
});

test("a service that runs it has to be removed first", async () => {
  await fromFiles();
  const units = join(machine.home, ".config/systemd/user");
  mkdirSync(units, { recursive: true });
  writeFileSync(join(units, "orch-agent.service"), `ExecStart="${program()}" "agent" "start" "-q" "test"\n`);
  expectRefusal(
    await machine.install(["--uninstall"]),
    /orch-agent\.service' runs this orch: remove the service first/,
  );
  expect(existsSync(program())).toBe(true);
  writeFileSync(join(units, "orch-agent.service"), `ExecStart="/usr/bin/orch" "agent" "start"\n`);
  expect((await machine.install(["--uninstall"])).code).toBe(0);
});
