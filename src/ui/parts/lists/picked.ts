// Remembers which rows of a list are picked, for actions on many.
import { useState } from "preact/hooks";

export interface Picked {
  ids: ReadonlySet<string>;
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  set: (ids: Iterable<string>) => void;
  clear: () => void;
}

export function usePicked(): Picked {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  return {
    ids,
    has: (id) => ids.has(id),
    toggle: (id) => setIds((before) => before.symmetricDifference(new Set([id]))),
    set: (given) => setIds(new Set(given)),
    clear: () => setIds(new Set()),
  };
}
