// Says which disk a path is on, for sentences about disks that are full.
import { statfsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Where the disk is mounted that holds a path, or would hold it.
 *
 * @example
 * mountOf("/proc/self/status"); // "/proc"
 */
export function mountOf(path: string): string {
  let place = resolve(path);
  while (deviceOf(place) === undefined && place !== dirname(place)) place = dirname(place);
  const device = deviceOf(place);
  while (place !== dirname(place) && deviceOf(dirname(place)) === device) place = dirname(place);
  return place;
}

/** The sentence of a disk that took no more, with what was to be written there. */
export function fullDisk(path: string): string {
  return `The disk that holds '${path}' (mounted at '${mountOf(path)}') is full: make room there.`;
}

/** What is free on the disk of a folder for this user; 0 where that cannot be known. */
export function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

function deviceOf(path: string): number | undefined {
  try {
    return statSync(path).dev;
  } catch {
    return undefined; // it is not there, or may not be looked at
  }
}
