// Fits text into a column of a terminal, where a letter may be two cells wide, or none. Each letter is measured once: the time
// grows with the text, not with its square.

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

export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - Bun.stringWidth(text)));
}
