// Fits text into a column of a terminal, where a letter may be two cells wide, or none. Each letter is measured once: the time
// grows with the text, not with its square.

/** The lines of a text of words; a word that is wider than the column ends in `…`. */
export function wrapped(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => (Bun.stringWidth(line) <= width ? line : wrappedLine(line, width)));
}

function wrappedLine(line: string, width: number): string[] {
  const lines: string[][] = [];
  let used = 0;
  for (const word of line.split(/ +/)) {
    const more = Bun.stringWidth(word);
    const last = lines.at(-1);
    if (last && used + 1 + more <= width) {
      last.push(word);
      used += 1 + more;
    } else {
      lines.push([clipped(word, width)]);
      used = Math.min(more, width);
    }
  }
  return lines.map((words) => words.join(" "));
}

/** The lines of a value that has to be read whole: cut at spaces where there are any in reach, else anywhere. */
export function folded(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => (Bun.stringWidth(line) <= width ? line : foldedLine(line, width)));
}

function foldedLine(line: string, width: number): string[] {
  const all = [...letters(line)];
  const widths = all.map((letter) => Bun.stringWidth(letter));
  const pieces: string[] = [];
  let start = 0;
  let left = widths.reduce((sum, one) => sum + one, 0);
  while (left > width) {
    let [end, used, space] = [start, 0, 0];
    for (; used + (widths[end] ?? 0) <= width; end += 1) {
      used += widths[end] ?? 0;
      if (all[end] === " " && end > start) space = end;
    }
    // The space that the line breaks at needs no room.
    if (all[end] === " ") space = end;
    const cut = space > start ? space : Math.max(start + 1, end);
    pieces.push(all.slice(start, cut).join(""));
    const next = space > start ? cut + 1 : cut;
    for (; start < next; start += 1) left -= widths[start] ?? 0;
  }
  return [...pieces, all.slice(start).join("")];
}

/** As people count them: one made of many stays one. */
function* letters(text: string): Generator<string> {
  for (const { segment } of new Intl.Segmenter().segment(text)) yield segment;
}

/** Cut to the width, and said so. */
export function clipped(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  const kept: string[] = [];
  let used = 0;
  for (const letter of letters(text)) {
    used += Bun.stringWidth(letter);
    if (used > width - 1) break;
    kept.push(letter);
  }
  return `${kept.join("")}…`;
}

export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - Bun.stringWidth(text)));
}
