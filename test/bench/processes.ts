// Processes of a bench and what they use: CPU and memory of whole trees, from /proc. Every process is ended by its pid.
import { readdirSync, readFileSync } from "node:fs";
import type { Subprocess } from "bun";

/** The kernel counts CPU in hundredths of a second. */
const TICK_MS = 10;

export interface Finished {
  wall: number;
  /** Of the process and all children it waited for. */
  cpu: number;
  /** The most it held; MB. */
  memory: number;
  stdout: string;
}

/** Runs a command to its end; throws when it fails or takes longer than ten minutes. */
export async function runCommand(
  command: string[],
  options: { env: Record<string, string>; cwd: string },
): Promise<Finished> {
  const start = performance.now();
  const child = Bun.spawn(command, { ...options, stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: 600_000 });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), child.exited]);
  const wall = performance.now() - start;
  if (code !== 0) throw new Error(`'${command.join(" ")}' exited ${code}: ${stderr.slice(-500)}${stdout.slice(-500)}`);
  const usage = child.resourceUsage();
  return { wall, cpu: Number(usage?.cpuTime.total ?? 0) / 1000, memory: (usage?.maxRSS ?? 0) / 1e6, stdout };
}

function text(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

export interface Service {
  pid: number;
  /** Of all its processes that still run, and those they waited for; milliseconds. */
  cpu(): number;
  /** Resident memory of all its processes; MB. */
  memory(): number;
  /** The same with the files that its processes map (the executable) counted once; MB. */
  footprint(): number;
  /** The same with all that processes share divided among them, as forks share the memory of their parent; MB. */
  proportional(): number;
  stop(): Promise<void>;
}

export function startService(
  command: string[],
  options: { env: Record<string, string>; cwd: string; log: string },
): Service {
  const log = Bun.file(options.log);
  const child = Bun.spawn(command, { env: options.env, cwd: options.cwd, stdin: "ignore", stdout: log, stderr: log });
  return {
    pid: child.pid,
    cpu: () => sum(treeOf(child.pid).map(({ ticks }) => ticks)) * TICK_MS,
    memory: () => sum(treeOf(child.pid).map(({ pages }) => pages)) / 256,
    footprint: () => {
      const tree = treeOf(child.pid);
      return (
        (sum(tree.map(({ pages, mapped }) => pages - mapped)) + Math.max(...tree.map(({ mapped }) => mapped))) / 256
      );
    },
    proportional: () => sum(treeOf(child.pid).map(({ pid }) => proportionalKilobytes(pid))) / 1024,
    stop: () => stopTree(child),
  };
}

/** Asks, waits, and then insists; children that outlive their parent are ended too. */
async function stopTree(child: Subprocess): Promise<void> {
  const tree = treeOf(child.pid).map(({ pid }) => pid);
  child.kill("SIGTERM");
  const ended = await Promise.race([child.exited.then(() => true), Bun.sleep(10_000).then(() => false)]);
  if (!ended) child.kill("SIGKILL");
  await child.exited;
  const left = tree.filter((pid) => pid !== child.pid);
  for (const pid of left) kill(pid);
  for (let look = 0; look < 200 && left.some((pid) => treeOf(pid).length > 0); look += 1) await Bun.sleep(10);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself: what was wanted.
  }
}

interface Entry {
  pid: number;
  parent: number;
  ticks: number;
  /** Of 4 KiB. */
  pages: number;
  /** Those of them that are files. */
  mapped: number;
}

export function treeOf(root: number): Entry[] {
  const entries = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (readEntry(name) ?? []) : []));
  const found = entries.filter(({ pid }) => pid === root);
  for (const entry of found) found.push(...entries.filter(({ parent }) => parent === entry.pid));
  return found;
}

function readEntry(pid: string): Entry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name is in brackets and may hold anything: what counts starts after the last one.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const ticks = sum(fields.slice(11, 15));
    const mapped = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[2]);
    return { pid: Number(pid), parent: fields[1] ?? 0, ticks, pages: fields[21] ?? 0, mapped };
  } catch {
    return undefined; // ended while we looked
  }
}

function proportionalKilobytes(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0; // ended while we looked
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
