import { flow, getRunLogger } from "orch";
import superjson from "superjson";

export const example = flow(async function example(at: Date = new Date("2026-11-27T00:00:00Z")) {
  const text = superjson.stringify({ at, seen: new Map([["a", new Set([1n])]]) });
  const { at: read, seen } = superjson.parse<{ at: Date; seen: Map<string, Set<bigint>> }>(text);
  getRunLogger().info(`${read.getUTCDate()} ${seen.get("a")?.has(1n)}`);
});
