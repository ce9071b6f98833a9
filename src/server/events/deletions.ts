// Which queues and deployments are gone: rows that are no more say nothing, so it is known which there were.
import type { Reader } from "#db/connect.ts";
import { countOf, idsOf, type ListenerEvent } from "./store.ts";

const TABLES = { "work-queue": "work_queue", deployment: "deployment" } as const;
type Kind = keyof typeof TABLES;
const KINDS = ["work-queue", "deployment"] as const satisfies Kind[];

export interface Deletions {
  begin(q: Reader): void;
  add(kind: Kind, id: string): void;
  /** Those gone since the last look. Cheap while none is: then there are as many as are known. */
  look(q: Reader): ListenerEvent[];
}

export function createDeletions(): Deletions {
  const known = { "work-queue": new Set<string>(), deployment: new Set<string>() };
  return {
    begin(q) {
      for (const kind of KINDS) known[kind] = new Set(idsOf(q, TABLES[kind]));
    },
    add(kind, id) {
      known[kind].add(id);
    },
    look(q) {
      return KINDS.flatMap((kind) => {
        if (countOf(q, TABLES[kind]) === known[kind].size) return [];
        const before = known[kind];
        known[kind] = new Set(idsOf(q, TABLES[kind]));
        const gone = [...before].filter((id) => !known[kind].has(id));
        return gone.map((id): ListenerEvent => ({ name: kind, data: { change: "deleted", id } }));
      });
    },
  };
}
