// A new machine for a test: a root that forgets, a user without rights, and no network.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface Outcome {
  code: number;
  output: string;
  /** Files that the scripts left behind, outside of /tmp. */
  left: string[];
  /** Seconds from the user's start to what the scripts marked. */
  marks: Record<string, number>;
}

export interface MachineInput {
  asRoot?: string;
  asUser?: string;
  /** Fills the folder that becomes the root. Default: the root of this machine, with all its programs. */
  root?: (folder: string) => unknown;
  /** Folders of this machine that the new one has in the same places. */
  mounted?: readonly string[];
}

/** The user: the number that no file of this machine belongs to. */
const NOBODY = 65534;

const NAMESPACES = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c"];

/** Runs as root in new namespaces. All writes go to a layer in memory, which ends with the last process. */
const LAYERS = `set -e
mount -t tmpfs none "$W"
mkdir "$W/up" "$W/work" "$W/root"
mount -t overlay -o "lowerdir=$LOWER,upperdir=$W/up,workdir=$W/work" overlay "$W/root"
ip link set lo up
`;
const SETUP = `${LAYERS}
mount -t proc proc "$W/root/proc"
mount --rbind /dev "$W/root/dev"
if [ -d "$W/root/sys" ]; then mount --rbind /sys "$W/root/sys"; fi
mount -t tmpfs -o mode=1777 none "$W/root/tmp"
mkdir -p "$W/root/home/dev" "$W/root/release"
mount --bind "$RELEASE" "$W/root/release"
for folder in $MOUNTED; do
  mkdir -p "$W/root$folder"
  mount --bind "$folder" "$W/root$folder"
done
chown ${NOBODY} "$W/root/home/dev"
chmod 755 "$W/root/root" # where a version manager keeps its Python
code=0
clean="env -i TERM=dumb LANG=C.UTF-8 npm_config_cache=/tmp/npm RUSTUP_HOME=/tmp/rustup"
chroot "$W/root" $clean HOME=/root PATH="$INNER" sh -ec "$AS_ROOT" || code=$?
[ $code != 0 ] || chroot --userspec=${NOBODY}:${NOBODY} --groups= "$W/root" \\
  $clean HOME=/home/dev PATH="/home/dev/.local/bin:$INNER" sh -ec "cd; $AS_USER" || code=$?
echo "== left"
cd "$W/up" && find . ! -type d
exit $code
`;

/** For scripts: `mark NAME` notes how long the user has taken so far. */
const MARK = `mark() { echo "== at $1 $(cut -d ' ' -f 1 /proc/uptime)"; }; mark start
`;

/** Why no such machine can be made here; undefined where it can. */
export function whyNoMachine(): string | undefined {
  if (process.platform !== "linux") return "only Linux has namespaces";
  if (process.getuid?.() !== 0) return "only root may mount";
  const missing = ["unshare", "chroot", "ip"].filter((name) => Bun.which(name) === null);
  if (missing.length > 0) return `there is no ${missing.join(", ")}`;
  const folder = mkdtempSync(join(tmpdir(), "orch-machine-"));
  const { exitCode, stderr } = Bun.spawnSync([...NAMESPACES, LAYERS], {
    env: { ...process.env, W: folder, LOWER: "/" },
  });
  rmSync(folder, { recursive: true });
  return exitCode === 0 ? undefined : stderr.toString().trim();
}

/** Runs the one script as root, the other as a user of the machine, in its home folder. /release has the files of the release. */
export async function onNewMachine({ asRoot = "", asUser = "", root, mounted = [] }: MachineInput): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "orch-machine-"));
  const [lower, top] = [join(folder, "lower"), join(folder, "top")];
  try {
    for (const each of [lower, top]) mkdirSync(each);
    await root?.(lower);
    const child = Bun.spawn([...NAMESPACES, SETUP], {
      env: {
        ...{ PATH: process.env["PATH"], W: top, LOWER: root ? lower : "/", RELEASE: resolve("dist/release") },
        ...{ INNER: root ? "/usr/bin:/bin" : process.env["PATH"], MOUNTED: mounted.join(" ") },
        ...{ AS_ROOT: asRoot, AS_USER: asUser && `${MARK}${asUser}` },
      },
      ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    const [output = "", left = ""] = out.split("== left\n");
    const times = [...output.matchAll(/^== at (\w+) ([\d.]+)$/gm)].map(
      ([, name = "", at]) => [name, Number(at)] as const,
    );
    const start = times[0]?.[1] ?? 0;
    return {
      ...{ code, output: output + err, left: left.split("\n").filter((line) => line !== "") },
      marks: Object.fromEntries(times.map(([name, at]) => [name, at - start])),
    };
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
mark finished
orch flow-run ls
orch server stop
cd ..
`;
