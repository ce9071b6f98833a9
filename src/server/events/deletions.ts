// Which records are gone: rows that are no more say nothing, so it is known which there were.
import type { Reader } from "#db/connect.ts";
import type { RecordEventName } from "#wire/events.ts";
import { countOf, idsOf, RECORD_EVENTS } from "./records.ts";
import type { ListenerEvent } from "./store.ts";

export interface Deletions {
  begin(q: Reader): void;
  add(kind: RecordEventName, id: string): void;
  /** Those gone since the last look. Cheap while none is: then there are as many as are known. */
  look(q: Reader): ListenerEvent[];
}

export function createDeletions(): Deletions {
  const known = new Map<RecordEventName, Set<string>>();
  return {
    begin(q) {
      for (const kind of RECORD_EVENTS) known.set(kind, new Set(idsOf(q, kind)));
    },
    add(kind, id) {
      known.get(kind)?.add(id);
    },
    look(q) {
      return RECORD_EVENTS.flatMap((kind) => {
        const before = known.get(kind);
        if (!before || countOf(q, kind) === before.size) return [];
        const now = new Set(idsOf(q, kind));
        known.set(kind, now);
        const gone = [...before].filter((id) => !now.has(id));
        return gone.map((id): ListenerEvent => ({ name: kind, data: { change: "deleted", id } }));
      });
    },
  };
}
