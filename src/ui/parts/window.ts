// Tells which rows of a long list are near the screen, so that only these are drawn.
import {
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  type VirtualizerOptions,
  windowScroll,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useState } from "preact/hooks";

export interface RowsInView {
  /** Numbers of the rows to draw. */
  rows: number[];
  /** Pixels of the rows above and below that are not drawn. */
  before: number;
  after: number;
  scrollTo(row: number): void;
}

/** Rows beyond the screen that are drawn as well: scrolling finds them there. */
const OVERSCAN = 12;
/** A list as short as this is drawn whole. */
const SHORT = 60;

/** `box`: the element that holds the rows; the page itself scrolls. */
export function useRowsInView(box: RefObject<HTMLElement>, count: number, rowHeight: number): RowsInView {
  const [, draw] = useReducer((times: number) => times + 1, 0);
  const [top, setTop] = useState(0);
  const options: VirtualizerOptions<Window, Element> = {
    count,
    getScrollElement: () => window,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: top,
    initialOffset: () => scrollY,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    onChange: (_, isSync) => isSync !== undefined && draw(0),
  };
  const [virtualizer] = useState(() => new Virtualizer<Window, Element>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer.measure(), [rowHeight]);
  useLayoutEffect(() => {
    const now = box.current ? Math.round(box.current.getBoundingClientRect().top + scrollY) : 0;
    if (now !== top) setTop(now);
    virtualizer._willUpdate();
  });

  const scrollTo = (row: number) => virtualizer.scrollToIndex(row, { align: "auto" });
  if (count <= SHORT) return { rows: Array.from({ length: count }, (_, row) => row), before: 0, after: 0, scrollTo };
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  return {
    rows: items.map(({ index }) => index),
    before: first ? first.start - top : 0,
    after: last ? virtualizer.getTotalSize() - (last.end - top) : count * rowHeight,
    scrollTo,
  };
}
