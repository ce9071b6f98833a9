// Tells the clients of Prefect 2.11 to 2.20 from those of 2.10 and gives them the fields that 2.10's answers do not have.
import { API_VERSION_HEADER } from "./version.ts";

/** The release in which each field appeared in the answers of the old server: 16 for 2.16. */
const SINCE = {
  deployment: { enforce_parameter_schema: 13, paused: 16, schedules: 16, job_variables: 18 },
  flow_run: { job_variables: 16 },
} as const;
type Kind = keyof typeof SINCE;

/**
 * For which release an answer is made: 18 for 2.18. `unsaid` for Prefect's own clients of 2.10 to 2.17, which all send the
 * same: they are given the later fields of what a later client wrote, and 2.10 ignores what it does not know.
 */
export type Release = number | "unsaid";

/** What all are taken for that do not say otherwise. */
export const OLDEST: Release = 10;

/** From 2.18 on clients name their release. All others are 2.10 unless they are Prefect's. */
export function releaseOf(headers: Headers): Release {
  const agent = headers.get("user-agent") ?? "";
  const [, major, minor] = /^prefect\/(\d+)\.(\d+)/.exec(agent) ?? [];
  if (major !== undefined) return major === "2" ? Number(minor) : Number.POSITIVE_INFINITY;
  return agent.startsWith("python-httpx/") && headers.has(API_VERSION_HEADER) ? "unsaid" : OLDEST;
}

/**
 * The object as a release knows it.
 *
 * @param byLater whether a later client has written it, with fields that 2.10 does not have
 */
export function withLaterFields<K extends Kind, T extends object>(
  kind: K,
  object: T,
  later: { [Field in keyof (typeof SINCE)[K]]: unknown },
  { release, byLater }: { release: Release; byLater: boolean },
): T {
  if (release === OLDEST || (release === "unsaid" && !byLater)) return object;
  const known = Object.entries<number>(SINCE[kind]).filter(([, since]) => release === "unsaid" || release >= since);
  return { ...object, ...Object.fromEntries(known.map(([field]) => [field, later[field as keyof typeof later]])) }; // its own keys
}
