// Text in a column of a terminal, where a letter may be two cells wide, or none.

/** The lines of a text of words; a word that is wider than the column ends in `…`. */
export function wrapped(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => (Bun.stringWidth(line) <= width ? line : wrappedLine(line, width)));
}

function wrappedLine(line: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of line.split(/ +/)) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && Bun.stringWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(clipped(word, width));
  }
  return lines;
}

/** The lines of a value that has to be read whole: cut at spaces where there are any in reach, else anywhere. */
export function folded(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => {
    const pieces: string[] = [];
    let rest = lettersOf(line);
    while (Bun.stringWidth(rest.join("")) > width) {
      let end = rest.length;
      while (Bun.stringWidth(rest.slice(0, end).join("")) > width) end -= 1;
      const space = rest.lastIndexOf(" ", end);
      const cut = space > 0 ? space : Math.max(1, end);
      pieces.push(rest.slice(0, cut).join(""));
      rest = rest.slice(space > 0 ? cut + 1 : cut);
    }
    return [...pieces, rest.join("")];
  });
}

/** As people count them: one made of many stays one. */
function lettersOf(text: string): string[] {
  return [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
}

/** Cut to the width, and said so. */
export function clipped(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  const letters = lettersOf(text);
  while (letters.length > 0 && Bun.stringWidth(letters.join("")) > width - 1) letters.pop();
  return `${letters.join("")}…`;
}

export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - Bun.stringWidth(text)));
}
