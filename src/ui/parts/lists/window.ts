// Tells which rows of a long list are near the screen, so that only these are drawn. All rows have one height: where a row is
// follows from its number, however many there are.
import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

export interface RowsInView {
  /** Numbers of the rows to draw. */
  rows: number[];
  /** Pixels of the rows above and below that are not drawn. */
  before: number;
  after: number;
  scrollTo(row: number): void;
}

/** The share of the screen that is taken, at first, by what lies above a list. A guess: what is missing is drawn before the paint. */
const ABOVE = 1 / 3;
/** Rows beyond the screen that are drawn as well: scrolling finds them there. */
const OVERSCAN = 12;
/** What is drawn changes by so many rows at once: scrolling draws seldom. */
const STEP = 4;
/** A list as short as this is drawn whole. */
const SHORT = 60;

/** `box`: the element that holds the rows; the page itself scrolls. */
export function useRowsInView(box: RefObject<HTMLElement>, count: number, rowHeight: number): RowsInView {
  const [near, setNear] = useState(() => ({ first: 0, end: Math.ceil((innerHeight * (1 - ABOVE)) / rowHeight) }));

  const look = (isScrolled: boolean) => {
    if (!box.current || count <= SHORT) return;
    const above = -box.current.getBoundingClientRect().top;
    const now = rowsNear(above, innerHeight, rowHeight);
    const seenEnd = Math.min(count, (above + innerHeight) / rowHeight);
    setNear((before) => {
      const isSame = before.first === now.first && before.end === now.end;
      const fillsScreen = before.first <= Math.max(0, above / rowHeight) && before.end >= seenEnd;
      return isSame || (fillsScreen && !isScrolled) ? before : now;
    });
  };
  useLayoutEffect(() => {
    const onScroll = () => look(true);
    addEventListener("scroll", onScroll, { passive: true });
    // It looks at once when the browser has laid out the page, before the first paint; measuring here would lay it out twice.
    // Later what lies above the list may grow.
    const sizes = new ResizeObserver(() => look(false));
    sizes.observe(document.documentElement);
    return () => {
      removeEventListener("scroll", onScroll);
      sizes.disconnect();
    };
  }, [count, rowHeight]);

  const scrollTo = (row: number) => {
    if (!box.current) return;
    const top = box.current.getBoundingClientRect().top + scrollY + row * rowHeight;
    if (top < scrollY) scroll({ top, behavior: "instant" });
    else if (top + rowHeight > scrollY + innerHeight)
      scroll({ top: top + rowHeight - innerHeight, behavior: "instant" });
  };
  if (count <= SHORT) return { rows: numbers(0, count), before: 0, after: 0, scrollTo };
  const first = Math.min(near.first, Math.max(0, count - SHORT));
  const end = Math.min(Math.max(near.end, first), count);
  return { rows: numbers(first, end), before: first * rowHeight, after: (count - end) * rowHeight, scrollTo };
}

/** `above`: pixels of the list that have left the screen at its top; negative while the list begins further down. */
export function rowsNear(above: number, height: number, rowHeight: number): { first: number; end: number } {
  const down = (row: number) => Math.floor(row / STEP) * STEP;
  return {
    first: Math.max(0, down(above / rowHeight) - OVERSCAN),
    end: Math.max(0, down((above + height) / rowHeight) + STEP + OVERSCAN),
  };
}

function numbers(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, index) => from + index);
}
