// A real cluster on this machine: API server, controllers, scheduler and kubelet, built once and kept outside of the repository.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { type ClusterApi, createClusterApi } from "#infrastructure/kubernetes/api.ts";
import { findCluster } from "#infrastructure/kubernetes/cluster.ts";
import { createCredentials } from "#infrastructure/kubernetes/credentials.ts";
import { messageOf } from "#lib/errors.ts";

export interface RealCluster {
  /** Holds its programs, `pki` with the certificates, `run` with the sockets and the pids of its programs. */
  folder: string;
  kubeconfig: string;
  api: ClusterApi;
  /** How a client finds it. */
  env: Record<string, string>;
  /** Makes an image of what `fill` writes into a folder. */
  importImage: (name: string, fill: (root: string) => Promise<void>) => Promise<void>;
  /** One of its scripts, or a command with its programs in PATH. */
  run: (...command: string[]) => Promise<string>;
  /** Kills a program of it with -9. */
  crash: (program: "apiserver" | "kubelet") => void;
  /** Starts it as `up.sh` did. */
  restart: (program: "apiserver" | "kubelet") => Promise<void>;
  close: () => Promise<void>;
}

/**
 * Undefined where there is none, with a line that says why. ORCH_TEST_KUBERNETES names a folder with `up.sh`, which brings a cluster up
 * from nothing with `pki/admin.conf` as its kubeconfig and containerd at `run/containerd.sock`, and `down.sh`.
 */
export async function clusterHere(): Promise<RealCluster | undefined> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = process.env["ORCH_TEST_KUBERNETES"] ?? join(cache, "orch-engines", "kubernetes");
  try {
    if (process.platform !== "linux" || process.getuid?.() !== 0) throw new Error("it needs root on Linux");
    if (!existsSync(join(folder, "bin", "k8s"))) throw new Error(`it is not built at '${folder}' (minutes, once)`);
    return await start(folder);
  } catch (error) {
    console.log(`Skipped: a Kubernetes cluster cannot be had here: ${messageOf(error)}.`);
    return undefined;
  }
}

async function start(folder: string): Promise<RealCluster> {
  const kubeconfig = join(folder, "pki", "admin.conf");
  const path = `${join(folder, "bin")}:${process.env["PATH"]}:/usr/sbin:/sbin`;
  const run = async (...command: string[]): Promise<string> => {
    const log = join(folder, "log", `${process.pid}-test.log`);
    writeFileSync(log, ""); // what comes after is written over what it had
    const child = Bun.spawn(command, {
      ...{ cwd: folder, stdin: "ignore", stdout: Bun.file(log), stderr: Bun.file(log) },
      env: { ...process.env, PATH: path, KUBECONFIG: kubeconfig, H: folder },
    });
    const code = await child.exited;
    const text = readFileSync(log, "utf8");
    if (code !== 0) throw new Error(`'${command.join(" ")}' exited ${code}: ${text.slice(-500)}`);
    return text;
  };
  await run("bash", "down.sh");
  await run("bash", "up.sh");
  const env = { KUBECONFIG: kubeconfig };
  const cluster = findCluster(null, env);
  return {
    ...{ folder, kubeconfig, env, run },
    api: createClusterApi(
      cluster,
      createCredentials(cluster, env, () => Date.now()),
    ),
    async importImage(name, fill) {
      const tar = await imageTar(name, fill);
      await run("ctr", "-a", join(folder, "run/containerd.sock"), "-n", "k8s.io", "images", "import", tar);
      rmSync(tar);
    },
    crash(program) {
      process.kill(Number(readFileSync(join(folder, "run", `${program}.pid`), "utf8")), "SIGKILL");
    },
    async restart(program) {
      // Its command, which goes on in the next line for as long as there is a backslash.
      const command = `awk '/^bg ${program} /{on=1} on{print} on && !/\\\\$/{exit}' start2.sh start3.sh > run/${program}.cmd`;
      await run("bash", "-c", `${command}; . ./env.sh; P=$H/pki; ${BACKGROUND}; . run/${program}.cmd`);
    },
    close: async () => {
      await run("bash", "down.sh");
    },
  };
}

const BACKGROUND = 'bg() { local n=$1; shift; setsid "$@" > log/$n.log 2>&1 < /dev/null & echo $! > run/$n.pid; }';

/** An image of one layer, as `docker save` writes it. */
async function imageTar(name: string, fill: (root: string) => Promise<void>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "orch-image-"));
  const root = mkdtempSync(join(tmpdir(), "orch-image-root-"));
  const tar = async (target: string, from: string, ...names: string[]) => {
    const code = await Bun.spawn(["tar", "-C", from, "-cf", target, ...names]).exited;
    if (code !== 0) throw new Error(`tar exited ${code}`);
  };
  try {
    await fill(root);
    const layer = join(folder, "layer.tar");
    await tar(layer, root, ".");
    const digest = createHash("sha256").update(readFileSync(layer)).digest("hex");
    const architecture = process.arch === "arm64" ? "arm64" : "amd64";
    const config = {
      ...{ architecture, os: "linux", config: { Env: ["PATH=/usr/local/bin:/bin"] } },
      rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
    };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    const manifest = [{ Config: "config.json", RepoTags: [name], Layers: ["layer.tar"] }];
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
    const whole = `${folder}.tar`;
    await tar(whole, folder, "manifest.json", "config.json", "layer.tar");
    return whole;
  } finally {
    rmSync(root, { recursive: true });
    rmSync(folder, { recursive: true });
  }
}
