// Real container engines, each on a socket and with a folder of its own: Debian's dockerd, and podman's service.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, type Engine } from "#infrastructure/docker/engine.ts";
import { messageOf } from "#lib/errors.ts";
import { unpacked } from "./debian.ts";

export interface RealEngine {
  name: "dockerd" | "podman";
  /** How a client finds it. */
  env: Record<string, string>;
  engine: Engine;
  folder: string;
  /** Ends the engine as a crash does, or as an update of it; `start` has it back with what it had. */
  crash: () => Promise<void>;
  stop: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
}

const DOCKER = ["docker.io", "containerd", "runc", "tini", "iptables", "libip4tc2", "libip6tc2", "libxtables12"];
const PODMAN = ["podman", "conmon", "runc", "golang-github-containers-common", "golang-github-containers-image"];
const PODMAN_LIBRARIES = [
  "libgpgme11",
  "libassuan0",
  "libgpg-error0",
  "libdevmapper1.02.1",
  "libsubid4",
  "netavark",
  "aardvark-dns",
];
const READY_MS = 60_000;
const LOOK_MS = 50;

/** Undefined where this machine can have no such engine, with a line that says why. */
export async function engineHere(start: () => Promise<RealEngine>): Promise<RealEngine | undefined> {
  try {
    if (process.platform !== "linux" || process.getuid?.() !== 0) throw new Error("it needs root on Linux");
    return await start();
  } catch (error) {
    console.log(`Skipped: a container engine cannot be had here: ${messageOf(error)}.`);
    return undefined;
  }
}

export async function startDockerd(): Promise<RealEngine> {
  const { folder: programs, env } = await unpacked("dockerd", DOCKER);
  const folder = mkdtempSync(join(tmpdir(), "orch-dockerd-"));
  const links = join(folder, "bin");
  mkdirSync(links);
  for (const name of ["iptables", "ip6tables"])
    symlinkSync(join(programs, "usr/sbin/xtables-legacy-multi"), join(links, name));
  symlinkSync(join(programs, "usr/bin/tini-static"), join(links, "docker-init"));
  const socket = join(folder, "docker.sock");
  const command = [
    ...["dockerd", "--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")],
    ...["-p", join(folder, "dockerd.pid"), "-H", `unix://${socket}`, "--exec-opt", "native.cgroupdriver=cgroupfs"],
  ];
  const xtables = join(programs, "usr/lib/x86_64-linux-gnu/xtables");
  const own = { ...env, PATH: `${links}:${env["PATH"]}`, XTABLES_LIBDIR: xtables };
  const hadBridge = existsSync("/sys/class/net/docker0");
  const before = await forwarding(own);
  return engineOf("dockerd", command, folder, own, async (env) => {
    if (!hadBridge) await removeTraces(env, before);
  });
}

/** What it prints; nothing where there is no such program. */
async function printedBy(env: Record<string, string>, ...command: string[]): Promise<string> {
  if (!Bun.which(command[0] ?? "", { PATH: env["PATH"] ?? "" })) return "";
  const child = Bun.spawn(command, { env: { ...process.env, ...env }, stdout: "pipe", stderr: "ignore" });
  return new Response(child.stdout).text();
}

const FORWARDS = "/proc/sys/net/ipv4/ip_forward";

/** Whether the machine passes packets on, and which: dockerd changes both. */
async function forwarding(env: Record<string, string>): Promise<{ isOn: string; policy: string }> {
  const [, policy = "ACCEPT"] = /^-P FORWARD (\w+)/m.exec(await printedBy(env, "iptables", "-S", "FORWARD")) ?? [];
  return { isOn: readFileSync(FORWARDS, "utf8"), policy };
}

/** The bridge and the rules that dockerd leaves on the machine, also those of networks that an engine had when it crashed. */
async function removeTraces(
  env: Record<string, string>,
  before: Awaited<ReturnType<typeof forwarding>>,
): Promise<void> {
  const run = (...command: string[]) => printedBy(env, ...command);
  await run("ip", "link", "delete", "docker0");
  const isLeft = (rule: string) =>
    /docker/i.test(rule) ||
    [...rule.matchAll(/\bbr-[0-9a-f]{12}\b/g)].some(([bridge]) => !existsSync(`/sys/class/net/${bridge}`));
  for (const table of ["nat", "filter"]) {
    const rules = (await run("iptables", "-t", table, "-S")).split("\n").filter(isLeft);
    for (const rule of rules.filter((rule) => rule.startsWith("-A"))) {
      await run("iptables", "-t", table, ...rule.replace("-A", "-D").split(" "));
    }
    const chains = rules.filter((rule) => rule.startsWith("-N")).map((rule) => rule.split(" ")[1] ?? "");
    for (const chain of chains) await run("iptables", "-t", table, "-F", chain);
    for (const chain of chains) await run("iptables", "-t", table, "-X", chain);
  }
  await run("iptables", "-P", "FORWARD", before.policy);
  writeFileSync(FORWARDS, before.isOn);
}

export async function startPodman(): Promise<RealEngine> {
  const { folder: programs, env } = await unpacked("podman", [...PODMAN, ...PODMAN_LIBRARIES]);
  const folder = mkdtempSync(join(tmpdir(), "orch-podman-"));
  const socket = join(folder, "docker.sock");
  const find = (...names: string[]) => names.map((name) => join(programs, name)).find(existsSync) ?? names[0];
  writeFileSync(
    join(folder, "containers.conf"),
    `[containers]\ndefault_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]\nlog_driver = "k8s-file"\n` +
      `[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n` +
      // It calls podman when a container has ended.
      `conmon_env_vars = ["PATH=${env["PATH"]}", "LD_LIBRARY_PATH=${env["LD_LIBRARY_PATH"]}"]\n` +
      `conmon_path = ["${find("usr/bin/conmon", "usr/libexec/podman/conmon")}"]\n` +
      `helper_binaries_dir = ["${join(programs, "usr/lib/podman")}"]\n` +
      `[engine.runtimes]\nrunc = ["${find("usr/sbin/runc", "usr/bin/runc")}"]\n` +
      `[network]\nnetwork_backend = "netavark"\nnetwork_config_dir = "${join(folder, "networks")}"\n`,
  );
  mkdirSync(join(folder, ".config/containers"), { recursive: true });
  const policy = `{"default": [{"type": "insecureAcceptAnything"}]}`;
  writeFileSync(join(folder, ".config/containers/policy.json"), policy);
  writeFileSync(join(folder, "registries.conf"), `unqualified-search-registries = []\n`);
  const command = [
    ...["podman", "--root", join(folder, "data"), "--runroot", join(folder, "exec"), "--storage-driver", "vfs"],
    ...["--cgroup-manager", "cgroupfs", "system", "service", "--time", "0", `unix://${socket}`],
  ];
  return engineOf("podman", command, folder, {
    ...env,
    HOME: folder,
    CONTAINERS_CONF: join(folder, "containers.conf"),
    CONTAINERS_REGISTRIES_CONF: join(folder, "registries.conf"),
  });
}

async function engineOf(
  name: RealEngine["name"],
  command: string[],
  folder: string,
  env: Record<string, string>,
  tidy: (env: Record<string, string>) => Promise<void> = async () => {},
): Promise<RealEngine> {
  const socket = join(folder, "docker.sock");
  const engine = createEngine({ name: `unix://${socket}`, base: "http://localhost", socket });
  let child: Bun.Subprocess | undefined;

  async function start(): Promise<void> {
    const log = Bun.file(join(folder, "engine.log"));
    child = Bun.spawn(command, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdin: "ignore",
      stdout: log,
      stderr: log,
      detached: true,
    });
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const isUp = await engine.ask("GET", "/version").then(
        ({ status }) => status === 200,
        () => false,
      );
      if (isUp) return;
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${name} did not start: ${(await log.text()).trim().split("\n").slice(-3).join(" ")}`);
      }
      await Bun.sleep(LOOK_MS); // until it answers
    }
  }

  await start().catch((error) => {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    ...{ name, folder, engine, start, env: { DOCKER_HOST: `unix://${socket}`, HOME: folder } },
    async stop() {
      child?.kill("SIGTERM");
      await child?.exited;
    },
    async crash() {
      child?.kill("SIGKILL");
      await child?.exited;
      // Its containerd ends with it. Where the machine's first process reaps none, dockerd takes it for alive.
      rmSync(join(folder, "exec", "containerd", "containerd.pid"), { force: true });
    },
    async close() {
      await removeContainers(engine);
      // The bridge of a network outlives its engine, and an engine has only about thirty ranges of addresses for them.
      await engine.ask("POST", "/networks/prune").catch(() => undefined); // an engine that is down has none to remove
      child?.kill("SIGTERM");
      await child?.exited;
      await tidy(env);
      await unmount(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function removeContainers(engine: Engine): Promise<void> {
  const { body } = await engine.ask("GET", "/containers/json", { query: { all: "1" } }).catch(() => ({ body: null }));
  const ids = Array.isArray(body) ? body.map((container) => String(Object(container).Id)) : [];
  await Promise.all(ids.map((id) => engine.ask("DELETE", `/containers/${id}`, { query: { force: "1", v: "1" } })));
}

/** What an engine that was killed has left mounted. */
async function unmount(folder: string): Promise<void> {
  const mounts = (await Bun.file("/proc/mounts").text()).split("\n").map((line) => line.split(" ")[1] ?? "");
  for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
    await Bun.spawn(["umount", "-l", mount], { stdout: "ignore", stderr: "ignore" }).exited;
  }
}
