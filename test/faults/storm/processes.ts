// The processes of one home, whatever started them, and signals to them.
import { readdirSync, readFileSync } from "node:fs";

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** Those that have the home in their environment and have not ended. */
export function processesOf(home: string): Process[] {
  const mark = `HOME=${home}\0`;
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const read = (file: string) => readFileSync(`/proc/${name}/${file}`, "latin1");
      if (!`\0${read("environ")}`.includes(`\0${mark}`)) return [];
      const [state, parent] = /.*\) (\S) (\d+)/s.exec(read("stat"))?.slice(1) ?? [];
      if (state === "Z" || state === "X") return [];
      return [{ pid: Number(name), parent: Number(parent), command: read("cmdline").replaceAll("\0", " ") }];
    } catch {
      return []; // it has ended
    }
  });
}

/** Of runs, and those that wait for one. */
export function enginesOf(home: string): Process[] {
  return processesOf(home).filter(({ command }) => / engine\b/.test(command));
}

/** False for what has ended. A negative target is a group. */
export function signal(target: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(target, name);
    return true;
  } catch {
    return false;
  }
}

/** What a process holds. */
export function holdings(pid: number): { megabytes: number; descriptors: number } {
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0);
  return { megabytes: kilobytes / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}
