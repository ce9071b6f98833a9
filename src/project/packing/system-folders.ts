// Tells whether a path leads from a project into a folder of the machine itself: nothing there belongs to a project.
import { realpathSync } from "node:fs";
import { sep } from "node:path";

const SYSTEM = new Set(["bin", "boot", "dev", "etc", "proc", "root", "run", "sbin", "sys", "usr", "var"]);

/**
 * A text such as `"../../../etc/passwd"` in a test must not take that file along. A project that lies in such a folder names
 * its own neighbours there.
 */
export function isOfSystem(path: string, project: string): boolean {
  return [path, realpathSync(path)].some((each) => {
    const top = topFolder(each);
    return SYSTEM.has(top) && top !== topFolder(project);
  });
}

function topFolder(path: string): string {
  return path.split(sep)[1] ?? "";
}
