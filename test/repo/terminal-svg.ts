// Draws the text of a terminal as SVG: letters of one width, colours of the page's light or dark scheme.

const CELL = { width: 8.4, height: 17 };
const MARGIN = 16;
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** Colours that orch uses, by their code: as GitHub shows code in its light and dark schemes. */
const COLOURS: Record<string, { name: string; light: string; dark: string }> = {
  "31": { name: "red", light: "#cf222e", dark: "#ff7b72" },
  "32": { name: "green", light: "#116329", dark: "#7ee787" },
  "33": { name: "yellow", light: "#7d4e00", dark: "#e3b341" },
  "36": { name: "cyan", light: "#1b7c83", dark: "#76e3ea" },
  "90": { name: "faint", light: "#6e7781", dark: "#8b949e" },
};

interface Piece {
  text: string;
  column: number;
  classes: string[];
}

/** `text`: lines with SGR colours; other escape codes are refused. */
export function drawTerminal(text: string, columns: number): string {
  const lines = text.trimEnd().split("\n");
  const width = Math.round(columns * CELL.width + 2 * MARGIN);
  const height = lines.length * CELL.height + 2 * MARGIN;
  const style = [
    `text { font: 14px ${FONT}; fill: #1f2328; white-space: pre }`,
    "rect { fill: #f6f8fa; stroke: #d0d7de } .bold { font-weight: 600 }",
    ...Object.values(COLOURS).map(({ name, light }) => `.${name} { fill: ${light} }`),
    "@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } rect { fill: #161b22; stroke: #30363d }",
    ...Object.values(COLOURS).map(({ name, dark }) => `.${name} { fill: ${dark} }`),
    "}",
  ].join("\n");
  const drawn = lines.flatMap((line, index) => pieces(line).map((piece) => drawPiece(piece, index)));
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    "<title>orch in a terminal</title>",
    `<style>\n${style}\n</style>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...drawn,
    "</svg>",
  ].join("\n")}\n`;
}

/** Each has its place and length, so that columns stay aligned in any font. */
function drawPiece({ text, column, classes }: Piece, line: number): string {
  const x = (MARGIN + column * CELL.width).toFixed(1);
  const y = MARGIN + (line + 0.75) * CELL.height;
  const length = (Bun.stringWidth(text) * CELL.width).toFixed(1);
  const look = classes.length === 0 ? "" : ` class="${classes.join(" ")}"`;
  return `<text x="${x}" y="${y}" textLength="${length}"${look}>${Bun.escapeHTML(text)}</text>`;
}

const ESCAPE = "\x1b";
/** A code of colours, a text, or the beginning of another code. */
const PARTS = new RegExp(`${ESCAPE}\\[([\\d;]*)m|([^${ESCAPE}]+|${ESCAPE})`, "g");

/** Words between wide gaps stand by themselves: a gap needs no letters. */
function pieces(line: string): Piece[] {
  const found: Piece[] = [];
  let column = 0;
  let [colour, isBold] = ["", false];
  for (const [, code, text = ""] of line.matchAll(PARTS)) {
    if (text === ESCAPE) throw new Error(`the line has codes that are no colours: ${JSON.stringify(line)}`);
    for (const one of (code ?? "").split(";")) {
      if (code === undefined) break;
      if (one === "1") isBold = true;
      else if (one === "22") isBold = false;
      else if (one === "39") colour = "";
      else if (one === "0" || one === "") [colour, isBold] = ["", false];
      else colour = COLOURS[one]?.name ?? "";
    }
    for (const { 0: word, index } of text.matchAll(/\S+(?: \S+)*/g)) {
      const start = column + Bun.stringWidth(text.slice(0, index));
      found.push({ text: word, column: start, classes: [colour, isBold ? "bold" : ""].filter((name) => name !== "") });
    }
    column += Bun.stringWidth(text);
  }
  return found;
}
