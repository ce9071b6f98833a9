// Keeps a selection of lines of a log while it scrolls, and copies the lines between its ends, those that are not drawn too.
import { useEffect, useRef } from "preact/hooks";
import { numberText } from "#lib/text/words-of-numbers.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { LogLine } from "#wire/runs/log-windows.ts";
import { timeText } from "../../data/zone.ts";
import { toast } from "../../parts/forms/toasts.tsx";
import { copyText } from "../../parts/text/copy.tsx";
import type { LogLines } from "./log-lines.ts";
import { plain } from "./log-text.ts";

/** More lines than these are for the download. */
const MOST_COPIED = 100_000;

type Cell<T> = { current: T };
type Ends = [number, number];

export interface ShownLines {
  lines: LogLines;
  count: number;
  isNewestFirst: boolean;
}

/**
 * Copies what is selected of the log, and gives what tells the positions of the lines at both ends of the selection of this moment, the
 * smaller first: their rows have to stay in the page while it lasts, and that of a click, for another click with Shift may end there what
 * it began. A selection of the box itself means all lines.
 */
export function useSelection(box: Cell<HTMLElement | null>, shown: ShownLines): () => Ends | undefined {
  const latest = useRef(shown);
  latest.current = shown;
  // Always read from the page: the event that tells of a change may come after the scroll that takes a row away.
  const ends = () => endsOf(getSelection(), box.current, latest.current.count);
  useEffect(() => {
    const onChange = () => {
      const [from, to] = ends() ?? [0, 0];
      if (from !== to && to - from < MOST_COPIED) latest.current.lines.want(from, to);
    };
    const onCopy = (event: ClipboardEvent) => {
      const [from, to] = ends() ?? [0, 0];
      if (from === to || !event.clipboardData) return; // a part of one line: the browser's own copy is right
      event.preventDefault();
      const text = textOf(latest.current, from, to);
      if (text !== undefined) event.clipboardData.setData("text/plain", text);
      else if (to - from < MOST_COPIED) copyWhenRead(latest.current, from, to);
      else toast({ text: `${numberText(to - from + 1)} lines are too many to copy: download them.`, isBad: true });
    };
    document.addEventListener("selectionchange", onChange);
    document.addEventListener("copy", onCopy);
    return () => {
      document.removeEventListener("selectionchange", onChange);
      document.removeEventListener("copy", onCopy);
    };
  }, []);
  return ends;
}

function endsOf(selection: Selection | null, box: HTMLElement | null, count: number): Ends | undefined {
  if (!selection || !box || count === 0) return undefined;
  const { anchorNode: anchor, focusNode: focus } = selection;
  if (anchor === box && focus === box) return [0, count - 1];
  const [one, other] = [positionOf(anchor, box), positionOf(focus, box)];
  if (one === undefined || other === undefined) return undefined;
  return [Math.min(one, other), Math.max(one, other)];
}

function positionOf(node: Node | null, box: HTMLElement): number | undefined {
  const element = node instanceof Element ? node : node?.parentElement;
  const row = box.contains(element ?? null) ? element?.closest<HTMLElement>("[data-position]") : undefined;
  return row ? Number(row.dataset["position"]) : undefined;
}

async function copyWhenRead(shown: ShownLines, from: number, to: number): Promise<void> {
  const count = numberText(to - from + 1);
  toast({ text: `Reading ${count} lines to copy them.` });
  await shown.lines.want(from, to);
  const text = textOf(shown, from, to);
  if (text === undefined) return toast({ text: "Some of the lines could not be read.", isBad: true });
  // Browsers take a text only soon after a key was pressed.
  toast({ text: copyText(text) ? `Copied ${count} lines.` : `${count} lines are read now: copy once more.` });
}

/** In the order that is shown. `undefined` when some lines are not read yet. */
function textOf({ lines, isNewestFirst }: ShownLines, from: number, to: number): string | undefined {
  const texts: string[] = [];
  for (let position = from; position <= to; position += 1) {
    const line = lines.lineAt(position);
    if (!line) return undefined;
    texts.push(lineText(line));
  }
  return (isNewestFirst ? texts.reverse() : texts).join("\n");
}

const LEVELS: [number, string][] = [
  [50, "CRITICAL"],
  [40, "ERROR"],
  [30, "WARNING"],
  [20, "INFO"],
];

export function levelWord(level: number): string {
  return LEVELS.find(([least]) => level >= least)?.[1] ?? "DEBUG";
}

function lineText({ level, message, timestamp, letters_left_out: left }: LogLine): string {
  const rest = left > 0 ? ` … ${numberText(left)} more letters` : "";
  return `${timeText(toMillis(timestamp), "clockWithSeconds")} ${levelWord(level).padEnd(8)} ${plain(message)}${rest}`;
}
