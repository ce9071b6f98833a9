// How lists of queues, pools and runs are ordered and marked.

/** `(**)` is what the table's caption explains. */
const MARK = "(**)";

export function marked(text: string, isMarked: boolean): string {
  return isMarked ? `${text} ${MARK}` : text;
}

export function withPauseMark({ name, is_paused }: { name: string; is_paused: boolean }): string {
  return marked(name, is_paused);
}

/** Ids grow with time: they order what was made in the same millisecond. */
export function newestFirst<T extends { created: string; id: string }>(rows: readonly T[]): T[] {
  const age = ({ created, id }: T) => created.slice(0, 23) + id;
  return rows.toSorted((a, b) => (age(a) < age(b) ? 1 : -1));
}
