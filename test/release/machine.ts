// A new machine for a test: this one's programs on a file system that forgets, a user without rights, and no network.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { TARGETS } from "../repo/release/targets.ts";

export interface Outcome {
  code: number;
  output: string;
  /** Files that the scripts left behind, outside of /tmp. */
  left: string[];
}

/** The user: the number that no file of this machine belongs to. */
const NOBODY = 65534;

const NAMESPACES = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c"];

/** Runs as root in new namespaces. All writes go to a layer in memory, which ends with the last process. */
const LAYERS = `set -e
mount -t tmpfs none "$W"
mkdir "$W/up" "$W/work" "$W/root"
mount -t overlay -o "lowerdir=/,upperdir=$W/up,workdir=$W/work" overlay "$W/root"
ip link set lo up
`;
const SETUP = `${LAYERS}
mount -t proc proc "$W/root/proc"
mount --rbind /dev "$W/root/dev"
mount -t tmpfs -o mode=1777 none "$W/root/tmp"
mkdir -p "$W/root/home/dev" "$W/root/release"
mount --bind "$RELEASE" "$W/root/release"
chown ${NOBODY} "$W/root/home/dev"
chmod 755 "$W/root/root" # where a version manager keeps its Python
code=0
inside() { chroot "$W/root" env -i TERM=dumb LANG=C.UTF-8 npm_config_cache=/tmp/npm RUSTUP_HOME=/tmp/rustup "$@"; }
inside HOME=/root PATH="$PATH" sh -ec "$AS_ROOT" || code=$?
[ $code != 0 ] || inside HOME=/home/dev PATH="/home/dev/.local/bin:$PATH" \\
  setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups sh -ec "cd; $AS_USER" || code=$?
echo "== left"
cd "$W/up" && find . ! -type d
exit $code
`;

/** Why no such machine can be made here; undefined where it can. */
export function whyNoMachine(): string | undefined {
  if (process.platform !== "linux") return "only Linux has namespaces";
  if (process.getuid?.() !== 0) return "only root may mount";
  const missing = ["unshare", "setpriv", "chroot", "ip"].filter((name) => Bun.which(name) === null);
  if (missing.length > 0) return `there is no ${missing.join(", ")}`;
  const folder = mkdtempSync(join(tmpdir(), "orch-machine-"));
  const { exitCode, stderr } = Bun.spawnSync([...NAMESPACES, LAYERS], { env: { ...process.env, W: folder } });
  rmSync(folder, { recursive: true });
  return exitCode === 0 ? undefined : stderr.toString().trim();
}

/** Runs the one script as root, the other as a user of the machine, in its home folder. /release has the files of the release. */
export async function onNewMachine({
  asRoot = "",
  asUser = "",
}: {
  asRoot?: string;
  asUser?: string;
}): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "orch-machine-"));
  try {
    const child = Bun.spawn([...NAMESPACES, SETUP], {
      env: { PATH: process.env["PATH"], W: folder, RELEASE: resolve("dist/release"), AS_ROOT: asRoot, AS_USER: asUser },
      ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    const [output = "", left = ""] = out.split("== left\n");
    return { code, output: output + err, left: left.split("\n").filter((line) => line !== "") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a person does with orch, on the PATH: a project, a server with an agent, a deployment, a run to its end. */
export const MAIN_JOB = `
mkdir project && cd project
orch init . >/dev/null
orch server start --background --agent test
orch deployment build -n marvin -q test -a flows/marvin.ts:sayHi
orch deployment run say-hi/marvin --param name=Ada --watch
orch flow-run ls
orch server stop
cd ..
`;

/** The targets of this machine; with RELEASE_ALL=1 all that there are. */
function wanted(): string[] {
  if (process.env["RELEASE_ALL"]) return TARGETS.map(({ name }) => name);
  return process.arch === "arm64" ? ["linux-arm64"] : ["linux-x64", "linux-x64-baseline"];
}

/** Makes the release, unless it is there: a build removes the one before. Its folder. */
export async function madeRelease(): Promise<string> {
  const checksums = "dist/release/checksums.txt";
  mkdirSync("dist/release", { recursive: true });
  const names = wanted();
  const text = existsSync(checksums) ? readFileSync(checksums, "utf8") : "";
  const isThere = names.every((name) => new RegExp(`  orch-${name}(\\.exe)?$`, "m").test(text));
  if (isThere) return "dist/release";
  const words = ["test/repo/release.ts", ...names.flatMap((name) => ["--target", name])];
  const child = Bun.spawn([process.execPath, ...words], { stdout: "pipe", stderr: "pipe" });
  const [err, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`The release could not be made:\n${err}`);
  return "dist/release";
}
