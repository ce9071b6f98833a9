// Whether this machine's zone is UTC, without asking the runtime, whose answer is slow the first time.

const UTC = /^:?(?:.*\/)?(?:UTC|UCT|Zulu|Universal|GMT|Greenwich)$/;

/** False when in doubt. */
export function isUtcZone(
  zone: string | undefined = process.env["TZ"],
  readLink: () => string = () => process.getBuiltinModule("node:fs").readlinkSync("/etc/localtime"),
): boolean {
  if (zone !== undefined) return zone === "" || UTC.test(zone);
  try {
    return UTC.test(readLink());
  } catch {
    return false;
  }
}
