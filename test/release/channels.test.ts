// Each way to get orch: from the files of the release into an empty root, by a user without rights, without network, to a run that is
// Completed. What was installed goes without a trace; the home and the project stay.
import { beforeAll, describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "#lib/errors.ts";
import { version } from "../../package.json";
import { MAIN_JOB, type Outcome, onNewMachine, whyNoMachine } from "./machine.ts";
import { madeRelease } from "./made.ts";
import { muslRoot, pythonHere, rootWith, rootWithNode, rootWithPython, unpackedWheel } from "./root.ts";

const why = whyNoMachine();
if (why !== undefined) console.warn(`No new machine can be made here, so no channel is tried: ${why}.`);

beforeAll(async () => {
  await madeRelease();
}, 600_000);

/** The main job ended well, and nothing is left but what the user made. Prints what it took. */
function expectWhole(name: string, glob: string, { code, output, left, marks }: Outcome): void {
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toMatch(/Completed/);
  expect(output).toContain("is unchanged: it is 'orch-linux-");
  expect(left.filter((path) => !/^\.\/home\/dev\/(\.orch|project)\//.test(path))).toEqual([]);
  expect(left.some((path) => path.startsWith("./home/dev/.orch/"))).toBe(true);
  const paths = [...new Bun.Glob(glob).scanSync({ cwd: "dist/release" })];
  const size = paths.reduce((sum, path) => sum + statSync(join("dist/release", path)).size, 0);
  const { installed = Number.NaN, finished = Number.NaN } = marks;
  const seconds = `installed after ${installed.toFixed(1)} s, first run finished after ${finished.toFixed(1)} s`;
  console.log(`${name}: ${(size / 1e6).toFixed(1)} MB (${paths.join(" and ")}), ${seconds}`);
}

const archive = `orch-linux-${process.arch}.gz`;
const smaller = `orch-linux-${process.arch}.tar.xz`;
const target = `linux-${process.arch}`;

describe.skipIf(why !== undefined)("from an empty root to a run", () => {
  test("install.sh", async () => {
    const asUser = `
      sh /release/install.sh --from /release
      mark installed
      command -v orch
      orch version --verify
      ${MAIN_JOB}
      sh /release/install.sh --uninstall`;
    const outcome = await onNewMachine({ asUser, root: (folder) => rootWith(folder) });
    expectWhole("install.sh", archive, outcome);
    expect(outcome.output).toContain("Wrote /home/dev/.local/bin/orch (orch ");
    expect(outcome.output).toContain("Removed /home/dev/.local/bin/orch");
  });

  test("install.sh replaces an orch whose server runs: that goes on, and ends when it is asked to", async () => {
    const asUser = `
      sh /release/install.sh --from /release
      mark installed
      orch version --verify
      ${MAIN_JOB.replace("orch server stop", "")}
      sh /release/install.sh --from /release
      orch deployment run say-hi/marvin --watch
      orch server stop
      sh /release/install.sh --uninstall`;
    const outcome = await onNewMachine({ asUser, root: (folder) => rootWith(folder) });
    expectWhole("install.sh, twice", archive, outcome);
    expect(outcome.output).toContain("It replaces orch ");
    expect(outcome.output.match(/finished in state Completed/g)).toHaveLength(2);
  });

  test("install.sh by network, with the tools of busybox alone: the smaller archive", async () => {
    const asUser = `
      mkdir -p /tmp/www/download && ln -s /release /tmp/www/download/v${version}
      httpd -p 127.0.0.1:8080 -h /tmp/www
      sh /release/install.sh --url http://127.0.0.1:8080
      mark installed
      orch version --verify
      ${MAIN_JOB}
      sh /release/install.sh --uninstall`;
    const outcome = await onNewMachine({ asUser, root: (folder) => rootWith(folder) });
    expectWhole("install.sh by network", smaller, outcome);
    expect(outcome.output).toContain(`Downloading http://127.0.0.1:8080/download/v${version}/${smaller}\n`);
  });

  test("the executable alone, unpacked from its archive", async () => {
    const asUser = `
      mkdir -p bin && gzip -dc /release/${archive} > bin/orch && chmod +x bin/orch
      PATH="$PWD/bin:$PATH"
      mark installed
      orch version --verify --manifest /release/checksums.txt
      ${MAIN_JOB}
      rm -r bin`;
    expectWhole("archive", archive, await onNewMachine({ asUser, root: (folder) => rootWith(folder) }));
  });

  const hasNode = Bun.which("node") !== null && Bun.which("npm") !== null;
  test.skipIf(!hasNode)("npm, without scripts and offline", async () => {
    const asUser = `
      mkdir app && cd app
      npm init --yes >/dev/null
      npm install --offline --ignore-scripts --no-audit --no-fund /release/npm/orch-[0-9]*.tgz /release/npm/orch-${target}-[0-9]*.tgz
      mark installed
      PATH="$PWD/node_modules/.bin:$PATH"
      npx --offline orch version --verify
      test -f node_modules/orch/index.d.ts
      cd ..
      ${MAIN_JOB}
      cd app
      npm uninstall --offline --no-audit --no-fund orch orch-${target}
      ls node_modules
      rm -r ../app`;
    const outcome = await onNewMachine({ asUser, root: rootWithNode });
    expectWhole("npm", `npm/orch-{${target}-,}[0-9]*.tgz`, outcome);
  });

  test.skipIf(!hasNode)("npx orch dev: signals reach it, and its exit code comes back", async () => {
    const asUser = `
      mkdir app && cd app
      npm init --yes >/dev/null
      npm install --offline --ignore-scripts --no-audit --no-fund /release/npm/orch-[0-9]*.tgz /release/npm/orch-${target}-[0-9]*.tgz
      npx --offline orch init . >/dev/null
      npx --offline orch dev > dev.log 2>&1 &
      until grep -q say-hi/marvin dev.log; do sleep 0.1; done
      npx --offline orch deployment run say-hi/marvin --watch
      kill -TERM $!
      code=0; wait $! || code=$?
      cat dev.log
      echo "dev ended with $code"
      npx --offline orch no-such-command || echo "exit code $?"`;
    const { code, output } = await onNewMachine({ asUser, root: rootWithNode });
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain("finished in state Completed");
    expect(output).toMatch(/dev ended with (0|143)/);
    expect(output).toContain("exit code 2");
  });

  const python = pythonHere();
  if (python === undefined) console.warn("There is no Python with pip here, so no wheel is installed.");

  test.skipIf(python === undefined)("a wheel of PyPI by pip, without an index", async () => {
    const { program = "", prefix = "" } = python ?? {};
    const pip = `${program} -m pip --python venv/bin/python --disable-pip-version-check`;
    const asUser = `
      ${program} -m venv --without-pip venv
      ${pip} install --no-index --no-cache-dir --find-links /release/pypi orch
      mark installed
      PATH="$PWD/venv/bin:$PATH"
      orch version --verify
      ${MAIN_JOB}
      ${pip} uninstall --yes orch
      find venv -name '*orch*' | sed 's/^/LEFT IN VENV: /'
      rm -r venv`;
    const root = (folder: string) => rootWithPython(folder, prefix);
    const outcome = await onNewMachine({ asUser, root, mounted: [prefix] });
    expectWhole("pip", `pypi/*manylinux*${process.arch === "arm64" ? "aarch64" : "x86_64"}.whl`, outcome);
    expect(outcome.output).not.toContain("LEFT IN VENV");
  });

  test.skipIf(python === undefined)("a wheel of PyPI by uv: uvx, and uv tool install", async () => {
    const uv = await unpackedWheel("uv").catch((error: unknown) => {
      console.warn(`Skipped: ${messageOf(error)}.`);
      return undefined;
    });
    if (uv === undefined) return;
    const { program = "", prefix = "" } = python ?? {};
    const index = "--offline --no-index --find-links /release/pypi";
    const asUser = `
      export UV_CACHE_DIR=/tmp/uv UV_PYTHON=${program}
      uv tool run ${index} orch --version
      uv tool install ${index} orch
      mark installed
      orch version --verify
      ${MAIN_JOB}
      uv tool uninstall orch
      find .local -name '*orch*' | sed 's/^/LEFT: /'
      rm -r .local # uv's own locks`;
    const root = (folder: string) => rootWithPython(folder, prefix, join(uv, "bin/uv"));
    const outcome = await onNewMachine({ asUser, root, mounted: [prefix] });
    expectWhole("uv", `pypi/*manylinux*${process.arch === "arm64" ? "aarch64" : "x86_64"}.whl`, outcome);
    expect(outcome.output).toMatch(/^orch \d+\.\d+\.\d+ /m);
    expect(outcome.output).not.toContain("LEFT: ");
  });
});

test.skipIf(why !== undefined || Bun.which("node") === null)(
  "without /proc the installer and npm's launcher say so: the executable itself would crash",
  async () => {
    const asRoot = `
      tar -xzf /release/npm/orch-[0-9]*.tgz -C /tmp
      umount /proc
      sh /release/install.sh --from /release || echo "code $?"
      node /tmp/package/bin/orch.cjs --version || echo "code $?"
      exit 0`;
    const { output, left } = await onNewMachine({ asRoot, root: rootWithNode });
    const sentence = "There is no /proc here, without which orch does not run: mount -t proc proc /proc\n";
    expect(output).toBe(`code 1\ncode 1\n${sentence}${sentence}`);
    expect(left).toEqual([]);
  },
);

describe.skipIf(why !== undefined || process.arch !== "x64")("on musl", () => {
  /** Undefined where the libraries cannot be had here. */
  async function onMusl(isComplete: boolean, asUser: string): Promise<Outcome | undefined> {
    try {
      return await onNewMachine({ asUser, root: (folder) => muslRoot(folder, isComplete) });
    } catch (error) {
      console.warn(`Skipped: a machine with musl cannot be made here: ${messageOf(error)}.`);
      return undefined;
    }
  }

  test("install.sh takes the executable for musl, which runs a flow", async () => {
    const outcome = await onMusl(
      true,
      `
      sh /release/install.sh --from /release
      mark installed
      orch version --verify
      ${MAIN_JOB}
      sh /release/install.sh --uninstall`,
    );
    if (outcome === undefined) return;
    expectWhole("musl", "orch-linux-x64-musl.gz", outcome);
    expect(outcome.output).toContain("it is 'orch-linux-x64-musl' of");
  });

  test("without a C++ library one sentence says what to install, and nothing is written", async () => {
    const outcome = await onMusl(false, "code=0; sh /release/install.sh --from /release || code=$?; echo code $code");
    if (outcome === undefined) return;
    expect(outcome.output).toMatch(
      /^code 1\nThe executable does not run here: Error loading shared library libstdc\+\+\.so\.6: .*\. On Alpine: apk add libstdc\+\+\n$/m,
    );
    expect(outcome.left).toEqual([]);
  });
});
