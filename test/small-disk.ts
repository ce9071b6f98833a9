// A disk of a few hundred kilobytes, to be filled by tests. Made where this user may mount one.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  /** Where it is mounted. */
  folder: string;
  /** Takes all room that is left, but for so many bytes. */
  fill(left?: number): void;
  /** Gives it back. */
  empty(): void;
  remove(): void;
}

/** Why tests of full disks are skipped here; `undefined` where they are not. */
export const NO_SMALL_DISKS = reasonAgainst();

function reasonAgainst(): string | undefined {
  const trial = makeDisk(64);
  if (typeof trial === "string") return trial;
  trial.remove();
  return undefined;
}

/** Throws where there can be none. */
export function smallDisk(kilobytes: number): SmallDisk {
  const disk = makeDisk(kilobytes);
  if (typeof disk === "string") throw new Error(disk);
  return disk;
}

function makeDisk(kilobytes: number): SmallDisk | string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "orch-disk-")));
  const mounting = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder]);
  if (mounting.exitCode !== 0) {
    rmSync(folder, { recursive: true });
    return `A full disk needs one that is small, and this user may not mount one: ${mounting.stderr.toString().trim()}`;
  }
  const ballast = join(folder, "ballast");
  return {
    folder,
    fill(left = 0) {
      // A server that has just started may take room between the look and the write: then it is measured again.
      for (let tries = 10; ; tries -= 1) {
        rmSync(ballast, { force: true });
        const free = Bun.spawnSync(["df", "--output=avail", "-B1", folder]).stdout.toString();
        try {
          writeFileSync(ballast, Buffer.alloc(Math.max(0, Number(/\d+/.exec(free)?.[0] ?? 0) - left)));
          return;
        } catch (error) {
          if (tries === 0) throw error;
        }
      }
    },
    empty() {
      rmSync(ballast, { force: true });
    },
    remove() {
      // Lazily: a process that was killed may hold a file for a moment longer.
      Bun.spawnSync(["umount", "-l", folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
