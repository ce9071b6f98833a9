// Ending a process and all that it started: signals go to its group, of which it is the leader.
import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Clock } from "#lib/clock.ts";
import type { Killed } from "./infrastructure.ts";

const LOOK_MS = 20;
/** In the environment of every process of a run, whoever started it. */
const OURS = "PREFECT__FLOW_RUN_ID=";

/** `HOST:PID`, as the server keeps it. */
export function processName(pid: number): string {
  return `${hostname()}:${pid}`;
}

/** SIGTERM, and SIGKILL for what is left after `graceSeconds`. */
export async function killGroup(name: string, graceSeconds: number, clock: Clock): Promise<Killed> {
  const at = name.lastIndexOf(":");
  if (name.slice(0, at) !== hostname()) return "not-ours";
  const pid = Number(name.slice(at + 1));
  // The name came over the wire: 0 and 1 would mean "all of us", and an old number may belong to another by now.
  if (!Number.isSafeInteger(pid) || pid <= 1 || !runsFlow(pid)) return "not-found";
  // A process of the old agent leads no group.
  const target = signalled(-pid, 0) ? -pid : pid;
  if (!signalled(target, "SIGTERM")) return "not-found";
  const deadline = clock.elapsed() + graceSeconds * 1000;
  while (isAlive(target)) {
    if (clock.elapsed() >= deadline) {
      signalled(target, "SIGKILL");
      break;
    }
    await clock.sleep(LOOK_MS);
  }
  return "killed";
}

/** False when there is no such process any more. */
function signalled(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false; // ESRCH: it is gone, which is what was asked
  }
}

/** False only if it certainly does something else. A leader that is gone cannot be asked; its group can still be there. */
function runsFlow(pid: number): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
    return environment === "" || environment.split("\0").some((entry) => entry.startsWith(OURS));
  } catch {
    return true; // gone, or a system without /proc
  }
}

/** Processes that nobody reaped (a container's first process often does not) count as gone. */
function isAlive(target: number): boolean {
  if (!signalled(target, 0)) return false;
  if (target > 0) return true;
  try {
    return readdirSync("/proc").some((entry) => /^\d+$/.test(entry) && isLivingMember(entry, -target));
  } catch {
    return true; // a system without /proc
  }
}

function isLivingMember(pid: string, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // After the name, which may hold anything in its parentheses: state, parent, group.
    const [state, , ofGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(ofGroup) === group && state !== "Z" && state !== "X";
  } catch {
    return false; // it ended meanwhile
  }
}
