// Writes a name as one part of an address, and reads it back: also `.`, `..` and names with a `/`, which browsers, servers and proxies
// take for folders. Such a name is encoded twice, behind a `%`.

/** `.` and `..`; a name with a `/`; a name that would be read as if it had been encoded twice. */
const IS_FOLDERS = /^\.{1,2}$|\/|^%/;
const IS_TWICE = /^%(?:\.{1,2}$|.*%2F|%25)/;

/**
 * @example pathPart("a b") // "a%20b"
 * @example pathPart("..") // "%25.."
 * @example pathPart("a/b") // "%25a%252Fb"
 */
export function pathPart(name: string): string {
  return encodeURIComponent(IS_FOLDERS.test(name) ? `%${encodeURIComponent(name)}` : name);
}

/**
 * The name of a part that was decoded once. Clients of Prefect encode all names once: these are read as they are.
 *
 * @example nameOfPart("%a%2Fb") // "a/b"
 */
export function nameOfPart(part: string): string {
  if (!IS_TWICE.test(part)) return part;
  try {
    return decodeURIComponent(part.slice(1));
  } catch {
    return part; // it only looked like one
  }
}
