// Draws the lines of a log that are on the screen. Long lines may wrap, so each is measured when it is drawn; a selection
// keeps its ends, and is copied from the lines themselves.
import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from "@tanstack/virtual-core";
import type { JSX, RefObject } from "preact";
import { useEffect, useImperativeHandle, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { numberText } from "#lib/text/words-of-numbers.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { LogLine } from "#wire/runs/log-windows.ts";
import { remembered } from "../../data/storage.ts";
import { timeText } from "../../data/zone.ts";
import { ResizeHandle, sizeOf } from "../../parts/resize-handle.tsx";
import type { LogLines } from "./log-lines.ts";
import { levelWord, useSelection } from "./log-selection.ts";
import { plain } from "./log-text.ts";

export interface LogWindowHandle {
  goTo(position: number): void;
  toTop(): void;
  toBottom(): void;
  /** Where the reader is: the next step forwards looks from `after`, the next step back before `before`. */
  place(): { after: number; before: number };
}

export interface LogWindowProps {
  handle: RefObject<LogWindowHandle>;
  lines: LogLines;
  /** Marked in the lines. */
  find: string;
  wraps: boolean;
  isNewestFirst: boolean;
  isFollowing: boolean;
  /** The time of a line was pressed. */
  onLine: (position: number) => void;
  /** The reader scrolled: to where the newest lines come, or away from there. */
  onReaderScroll: (isAtNewest: boolean) => void;
}

const LINE_HEIGHT = 20;
const OVERSCAN = 20;
const NEAR_END = 30;
const boxHeight = remembered("log-height");
/** Pixels: of a box that the reader may make higher or lower. */
const [LEAST_HEIGHT, MOST_HEIGHT] = [120, 3_000];
/** The box around the lines, with room for a scroll bar. */
const EDGES = 20;

export function LogWindowView(props: LogWindowProps) {
  const { handle, lines, find, wraps, isNewestFirst, isFollowing, onLine, onReaderScroll } = props;
  const box = useRef<HTMLDivElement>(null);
  const [, draw] = useReducer((times: number) => times + 1, 0);
  const [marked, setMarked] = useState(-1);
  const byReader = useRef(false);
  const scrolledTo = useRef(0);
  /** The position that was gone to, until the reader scrolls. */
  const gone = useRef<number | undefined>(undefined);
  const count = lines.count.value ?? 0;
  lines.version.value; // a piece that came is drawn
  const positionOf = (row: number) => (isNewestFirst ? count - 1 - row : row);
  const rowOf = positionOf;
  const selected = useSelection(box, { lines, count, isNewestFirst });

  const options = {
    count,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: OVERSCAN,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) =>
      [...new Set([...defaultRangeExtractor(range), ...(selected() ?? []).map(rowOf)])]
        .filter((at) => at >= 0 && at < count)
        .sort((a, b) => a - b),
    onChange: (_: unknown, isSync: boolean) => isSync !== undefined && draw(0),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [wraps, lines]);

  const items = virtualizer.getVirtualItems();
  const { startIndex: first, endIndex: last } = virtualizer.range ?? { startIndex: 0, endIndex: 0 };
  useEffect(() => {
    if (count === 0) return;
    const [from, to] = [positionOf(Math.max(0, first - OVERSCAN)), positionOf(Math.min(count - 1, last + OVERSCAN))];
    lines.show(Math.max(0, Math.min(from, to)), Math.max(from, to));
  }, [lines, first, last, count, isNewestFirst]);

  const goToRow = (row: number, align: "start" | "center" | "end") => {
    byReader.current = false;
    if (count > 0) virtualizer.scrollToIndex(row, { align });
  };
  const toTop = () => goToRow(0, "start");
  const toBottom = () => goToRow(count - 1, "end");
  useLayoutEffect(() => {
    if (!isFollowing) return;
    gone.current = undefined;
    if (isNewestFirst) toTop();
    else toBottom();
  }, [count, isFollowing, isNewestFirst]);

  useImperativeHandle(handle, () => ({
    ...{ toTop, toBottom },
    goTo(position) {
      setMarked(position);
      gone.current = position;
      onReaderScroll(false);
      goToRow(rowOf(position), "center");
    },
    place() {
      if (gone.current !== undefined) return { after: gone.current + 1, before: gone.current };
      const seen = positionOf(isNewestFirst ? last : first);
      return { after: Math.max(0, seen), before: Math.max(0, seen) };
    },
  }));

  const onScroll = () => {
    if (!box.current) return;
    const { scrollTop, clientHeight, scrollHeight } = box.current;
    const moved = scrollTop - scrolledTo.current;
    scrolledTo.current = scrollTop;
    if (!byReader.current || moved === 0) return;
    gone.current = undefined;
    const isAway = isNewestFirst ? moved > 0 : moved < 0;
    const left = isNewestFirst ? scrollTop : scrollHeight - scrollTop - clientHeight;
    onReaderScroll(!isAway && left < NEAR_END);
  };
  const reader = () => {
    byReader.current = true;
  };
  // A line that comes before the scroll does would take the reader back.
  const onWheel = ({ deltaY, currentTarget: { scrollHeight, clientHeight } }: JSX.TargetedWheelEvent<HTMLElement>) => {
    reader();
    if (scrollHeight > clientHeight && (isNewestFirst ? deltaY > 0 : deltaY < 0)) onReaderScroll(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    reader();
    if (event.key === "End") virtualizer.scrollToIndex(count - 1, { align: "end" });
    else if (event.key === "Home") virtualizer.scrollToIndex(0, { align: "start" });
    else if (event.key === "a" && (event.ctrlKey || event.metaKey))
      getSelection()?.selectAllChildren(event.currentTarget as Node);
    else return;
    event.preventDefault();
  };
  const onClick = ({ target }: MouseEvent) => {
    const row = (target as HTMLElement).closest("time")?.closest<HTMLElement>("[data-position]");
    if (row) onLine(Number(row.dataset["position"]));
  };
  const whole = virtualizer.getTotalSize() + EDGES;
  const usual = Math.max(320, innerHeight - 340);
  return (
    <>
      <section
        class={`log-box ${wraps ? "wraps" : ""}`}
        ref={box}
        style={{ height: `${Math.min(whole, sizeOf(boxHeight, usual))}px` }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keys must reach it
        tabIndex={0}
        aria-label="Lines of the log"
        {...{ onScroll, onKeyDown, onClick }}
        onWheel={onWheel}
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
                data-position={position}
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
      {whole > LEAST_HEIGHT && (
        <ResizeHandle
          size={boxHeight}
          usual={usual}
          least={LEAST_HEIGHT}
          most={MOST_HEIGHT}
          edge="bottom"
          label="Height of the log"
        />
      )}
    </>
  );
}

function Line({ line, find }: { line: LogLine | undefined; find: string }) {
  if (!line) return <div class="log-line is-missing">…</div>;
  const [word, message] = [levelWord(line.level), plain(line.message)];
  const at = toMillis(line.timestamp);
  return (
    <div class={`log-line level-${word.toLowerCase()}`}>
      <time dateTime={line.timestamp} data-hint="press for a link to this line">
        {timeText(at, "clockWithSeconds")}
      </time>
      <span class="level">{word}</span>
      <span class="text" title={line.name}>
        {find === "" ? message : withMarks(message, find)}
        {line.letters_left_out > 0 && <i class="quiet"> … {numberText(line.letters_left_out)} more letters</i>}
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
