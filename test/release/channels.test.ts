// Each way to get orch: from the files of the release, by a user without rights, without network, to a run that is Completed.
// What was installed goes without a trace; the home and the project stay.
import { beforeAll, expect, test } from "bun:test";
import { MAIN_JOB, madeRelease, type Outcome, onNewMachine, whyNoMachine } from "./machine.ts";

const why = whyNoMachine();
if (why !== undefined) console.warn(`No new machine can be made here, so no channel is tried: ${why}.`);

beforeAll(async () => {
  await madeRelease();
}, 300_000);

/** The main job ended well, and nothing is left but what the user made. */
function expectWhole({ code, output, left }: Outcome): void {
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toMatch(/Completed/);
  expect(output).toContain("is unchanged: it is 'orch-linux-");
  expect(left.filter((path) => !/^\.\/home\/dev\/(\.orch|project)\//.test(path))).toEqual([]);
  expect(left.some((path) => path.startsWith("./home/dev/.orch/"))).toBe(true);
}

test.skipIf(why !== undefined)("install.sh", async () => {
  const asUser = `
    sh /release/install.sh --from /release
    command -v orch
    orch version --verify
    ${MAIN_JOB}
    sh /release/install.sh --uninstall`;
  const outcome = await onNewMachine({ asUser });
  expectWhole(outcome);
  expect(outcome.output).toContain("Wrote /home/dev/.local/bin/orch (orch ");
  expect(outcome.output).toContain("Removed /home/dev/.local/bin/orch");
});

test.skipIf(why !== undefined)("npm, without scripts and offline", async () => {
  const asUser = `
    mkdir app && cd app
    npm init --yes >/dev/null
    npm install --offline --ignore-scripts --no-audit --no-fund /release/npm/orch-[0-9]*.tgz /release/npm/orch-linux-${process.arch}-[0-9]*.tgz
    PATH="$PWD/node_modules/.bin:$PATH"
    npx --offline orch version --verify
    test -f node_modules/orch/index.d.ts
    cd ..
    ${MAIN_JOB}
    cd app
    npm uninstall --offline --no-audit --no-fund orch @orch/linux-$(node -p process.arch)
    ls node_modules
    rm -r ../app`;
  expectWhole(await onNewMachine({ asUser }));
});

/** The program itself, not what a version manager puts in its place; undefined where there is no pip. */
const python = (() => {
  const child = Bun.spawnSync(["python3", "-c", "import pip, sys; print(sys.executable)"], { stderr: "ignore" });
  return child.exitCode === 0 ? child.stdout.toString().trim() : undefined;
})();
if (python === undefined) console.warn("There is no Python with pip here, so no wheel is installed.");

test.skipIf(why !== undefined || python === undefined)("a wheel of PyPI, without an index", async () => {
  const pip = `${python} -m pip --python venv/bin/python --disable-pip-version-check`;
  const asUser = `
    ${python} -m venv --without-pip venv
    ${pip} install --no-index --no-cache-dir --no-deps orch --find-links /release/pypi
    PATH="$PWD/venv/bin:$PATH"
    orch version --verify
    ${MAIN_JOB}
    ${pip} uninstall --yes orch
    find venv -name '*orch*' | sed 's/^/LEFT IN VENV: /'
    rm -r venv`;
  const outcome = await onNewMachine({ asUser });
  expectWhole(outcome);
  expect(outcome.output).not.toContain("LEFT IN VENV");
});

test.skipIf(why !== undefined)("the executable alone, unpacked from its archive", async () => {
  const asUser = `
    mkdir -p bin && gzip -dc /release/orch-linux-${process.arch}.gz > bin/orch && chmod +x bin/orch
    PATH="$PWD/bin:$PATH"
    orch version --verify --manifest /release/checksums.txt
    ${MAIN_JOB}
    rm -r bin`;
  expectWhole(await onNewMachine({ asUser }));
});
