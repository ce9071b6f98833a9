// Draws the lines of a log that are on the screen. Long lines may wrap, so each is measured when it is drawn; a selection
// keeps its ends, and is copied from the lines themselves.
import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useEffect, useImperativeHandle, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { toMillis } from "#lib/timestamps.ts";
import type { LogLine } from "#wire/log-windows.ts";
import { timeText } from "../../data/zone.ts";
import type { LogLines } from "./log-lines.ts";

export interface LogWindowHandle {
  goTo(position: number): void;
  toStart(): void;
  toEnd(): void;
  /** The position that was last gone to, or the first on the screen. */
  current(): number;
}

export interface LogWindowProps {
  handle: RefObject<LogWindowHandle>;
  lines: LogLines;
  /** Marked in the lines. */
  find: string;
  wraps: boolean;
  isNewestFirst: boolean;
  isFollowing: boolean;
  onReaderScroll: (isAtEnd: boolean) => void;
}

const LINE_HEIGHT = 20;
const OVERSCAN = 20;
const NEAR_END = 30;
/** The box around the lines, with room for a scroll bar. */
const EDGES = 20;

export function LogWindowView(props: LogWindowProps) {
  const { handle, lines, find, wraps, isNewestFirst, isFollowing, onReaderScroll } = props;
  const box = useRef<HTMLDivElement>(null);
  const [, draw] = useReducer((times: number) => times + 1, 0);
  const [marked, setMarked] = useState(-1);
  const ends = useRef<[number, number] | undefined>(undefined);
  const byReader = useRef(false);
  const count = lines.count.value ?? 0;
  lines.version.value; // a piece that came is drawn

  const options = {
    count,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: OVERSCAN,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) =>
      [...new Set([...defaultRangeExtractor(range), ...(ends.current ?? [])])]
        .filter((at) => at < count)
        .sort((a, b) => a - b),
    onChange: (_: unknown, isSync: boolean) => isSync !== undefined && draw(0),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [wraps, lines]);

  const positionOf = (row: number) => (isNewestFirst ? count - 1 - row : row);
  const rowOf = positionOf;
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => {
    if (count === 0) return;
    const [from, to] = [positionOf(first), positionOf(last)];
    lines.want(Math.min(from, to), Math.max(from, to));
  }, [lines, first, last, count, isNewestFirst]);

  const newestRow = isNewestFirst ? 0 : count - 1;
  const toNewest = () => count > 0 && virtualizer.scrollToIndex(newestRow, { align: isNewestFirst ? "start" : "end" });
  useLayoutEffect(() => {
    if (isFollowing) toNewest();
  }, [count, isFollowing, isNewestFirst]);

  useImperativeHandle(handle, () => ({
    goTo(position) {
      setMarked(position);
      onReaderScroll(false);
      virtualizer.scrollToIndex(rowOf(position), { align: "center" });
    },
    toStart: () => virtualizer.scrollToIndex(0, { align: "start" }),
    toEnd: () => count > 0 && virtualizer.scrollToIndex(count - 1, { align: "end" }),
    current: () => (marked >= 0 ? marked : positionOf(first)),
  }));
  useSelection(box, ends, (from, to) =>
    textOf(
      lines,
      Array.from({ length: to - from + 1 }, (_, step) => positionOf(from + step)),
    ),
  );

  const onScroll = () => {
    if (!byReader.current || !box.current) return;
    byReader.current = false;
    const { scrollTop, clientHeight, scrollHeight } = box.current;
    onReaderScroll(isNewestFirst ? scrollTop < NEAR_END : scrollHeight - scrollTop - clientHeight < NEAR_END);
  };
  const reader = () => {
    byReader.current = true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    reader();
    if (event.key === "End") virtualizer.scrollToIndex(count - 1, { align: "end" });
    else if (event.key === "Home") virtualizer.scrollToIndex(0, { align: "start" });
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) selectAll(box.current, ends, count, draw);
    else return;
    event.preventDefault();
  };
  return (
    <section
      class={`log-box ${wraps ? "wraps" : ""}`}
      ref={box}
      style={{ "--log": `${virtualizer.getTotalSize() + EDGES}px` }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keys must reach it
      tabIndex={0}
      aria-label="Lines of the log"
      {...{ onScroll, onKeyDown }}
      onWheel={reader}
      onTouchMove={reader}
      onPointerDown={reader}
    >
      <div class="log-lines" style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {items.map(({ index, start }) => {
          const position = positionOf(index);
          const attempt = lines.attempts.value.find((one) => one.number > 1 && one.position === position);
          return (
            <div
              key={position}
              data-index={index}
              ref={(element: HTMLDivElement | null) => virtualizer.measureElement(element)}
              class={`log-row ${position === marked ? "is-marked" : ""}`}
              style={{ transform: `translateY(${start}px)` }}
            >
              {attempt && (
                <div class="log-attempt">
                  Attempt {attempt.number}, {timeText(toMillis(attempt.started), "short")}
                </div>
              )}
              <Line line={lines.lineAt(position)} find={find} />
            </div>
          );
        })}
      </div>
    </section>
  );
}

const NAMES: [number, string][] = [
  [50, "CRITICAL"],
  [40, "ERROR"],
  [30, "WARNING"],
  [20, "INFO"],
  [0, "DEBUG"],
];

function Line({ line, find }: { line: LogLine | undefined; find: string }) {
  if (!line) return <div class="log-line is-missing">…</div>;
  const word = NAMES.find(([least]) => line.level >= least)?.[1] ?? "DEBUG";
  const at = toMillis(line.timestamp);
  return (
    <div class={`log-line level-${word.toLowerCase()}`}>
      <time title={timeText(at, "exact")}>{timeText(at, "clockWithSeconds")}</time>
      <span class="level">{word}</span>
      <span class="text" title={line.name}>
        {find === "" ? line.message : withMarks(line.message, find)}
        {line.letters_left_out > 0 && <i class="quiet"> … {line.letters_left_out.toLocaleString("en")} more letters</i>}
      </span>
    </div>
  );
}

function withMarks(text: string, find: string) {
  const parts = [];
  const [lower, wanted] = [text.toLowerCase(), find.toLowerCase()];
  let at = 0;
  for (let hit = lower.indexOf(wanted); hit >= 0; hit = lower.indexOf(wanted, at)) {
    parts.push(text.slice(at, hit), <mark key={hit}>{text.slice(hit, hit + find.length)}</mark>);
    at = hit + find.length;
  }
  return [...parts, text.slice(at)];
}

/** The rows at both ends of a selection stay in the page while it lasts; `copy` takes the lines between them whole. */
function useSelection(
  box: { current: HTMLElement | null },
  ends: { current: [number, number] | undefined },
  textBetween: (from: number, to: number) => string,
): void {
  const text = useRef(textBetween);
  text.current = textBetween;
  useEffect(() => {
    const rowOf = (node: Node | null) => {
      const element = node instanceof Element ? node : node?.parentElement;
      const row = box.current?.contains(element ?? null) ? element?.closest<HTMLElement>("[data-index]") : undefined;
      return row ? Number(row.dataset["index"]) : undefined;
    };
    const onChange = () => {
      const selection = getSelection();
      const [one, other] = [rowOf(selection?.anchorNode ?? null), rowOf(selection?.focusNode ?? null)];
      if (selection?.isCollapsed || one === undefined || other === undefined) ends.current = undefined;
      else if (!(ends.current && isAll(box.current))) ends.current = [one, other];
    };
    const onCopy = (event: ClipboardEvent) => {
      if (!ends.current || !event.clipboardData) return;
      const [from, to] = ends.current.toSorted((a, b) => a - b) as [number, number]; // both of them
      if (from === to) return; // a part of one line: the browser's own copy is right
      event.clipboardData.setData("text/plain", text.current(from, to));
      event.preventDefault();
    };
    document.addEventListener("selectionchange", onChange);
    document.addEventListener("copy", onCopy);
    return () => {
      document.removeEventListener("selectionchange", onChange);
      document.removeEventListener("copy", onCopy);
    };
  }, []);
}

function isAll(box: HTMLElement | null): boolean {
  return box?.dataset["all"] === "yes";
}

/** Selects the rows that are drawn, and means all of them. */
function selectAll(
  box: HTMLElement | null,
  ends: { current: [number, number] | undefined },
  count: number,
  draw: (none: number) => void,
): void {
  if (!box) return;
  box.dataset["all"] = "yes";
  ends.current = [0, count - 1];
  getSelection()?.selectAllChildren(box);
  setTimeout(() => delete box.dataset["all"], 100);
  draw(0);
}

function textOf(lines: LogLines, positions: readonly number[]): string {
  return positions.flatMap((position) => lineText(lines.lineAt(position)) ?? []).join("\n");
}

function lineText(line: LogLine | undefined): string | undefined {
  if (!line) return undefined;
  const word = NAMES.find(([least]) => line.level >= least)?.[1] ?? "DEBUG";
  return `${timeText(toMillis(line.timestamp), "clockWithSeconds")} ${word.padEnd(8)} ${line.message}`;
}
