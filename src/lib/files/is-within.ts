// Tells whether a path lies in a folder, by their names alone.
import { sep } from "node:path";

/**
 * Both are absolute; a folder lies in itself.
 *
 * @example
 * isWithin("/srv/app", "/srv/app/flows/a.ts"); // true
 * isWithin("/srv/app", "/srv/apple"); // false
 */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
