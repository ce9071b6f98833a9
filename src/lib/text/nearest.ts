// The known word that a misspelt one was probably meant to be.

/** A longer word is no misspelling, and comparing it takes long. */
const MOST_LETTERS = 200;

/** `undefined` when nothing is near enough: more than a third of the letters would have to change, of four letters one. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > MOST_LETTERS) return undefined;
  const most = word.length <= 4 ? 1 : Math.ceil(word.length / 3);
  // Each letter that is too many or missing is a change, so most candidates need no comparison.
  const similar = known.filter((candidate) => Math.abs(candidate.length - word.length) <= most);
  const ranked = similar.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }));
  const [best] = ranked.toSorted((a, b) => a.distance - b.distance);
  return best && best.distance <= most ? best.candidate : undefined;
}

/** ` Did you mean 'x'?`, or nothing: the end of a sentence about a word that is not known. */
export function didYouMean(word: string, known: readonly string[]): string {
  const suggestion = nearest(word, known);
  return suggestion === undefined ? "" : ` Did you mean '${suggestion}'?`;
}

/** Letters inserted, removed, replaced, or exchanged with the next one, to get from one word to the other. */
export function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 1; at <= from.length; at += 1) {
    const next = [at];
    for (let other = 1; other <= to.length; other += 1) {
      const replaced = (row[other - 1] ?? 0) + (from[at - 1] === to[other - 1] ? 0 : 1);
      const isExchange = at > 1 && other > 1 && from[at - 1] === to[other - 2] && from[at - 2] === to[other - 1];
      const exchanged = isExchange ? (before[other - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, exchanged, (row[other] ?? 0) + 1, (next[other - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[to.length] ?? 0;
}
