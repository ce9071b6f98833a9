// Moves through a list by keys: j k go from row to row, Enter opens, x picks, Space does what the page wants with a row.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { OPEN_ROW } from "../address.ts";
import { useKeys } from "../keys.ts";
import { useAddress } from "../use-address.ts";
import type { Picked } from "./picked.ts";
import type { RowsInView } from "./window.ts";

/** As the list has them. */
interface Options<Row> {
  rows: readonly Row[];
  idOf: (row: Row) => string;
  hrefOf?: (row: Row) => string;
  onOpen?: (row: Row) => void;
  picked?: Picked;
  /** The id of the row that is shown beside the list. */
  opened: string | undefined;
}

export interface ListKeys {
  /** The number of the row that has the focus; -1 before the first key. */
  at: number;
  onKeyDown(event: KeyboardEvent): void;
  /** Shows the row beside the list, or no longer. */
  peekAt(index: number): void;
  /** Closes what is shown beside the list; the focus comes back to its row. */
  close(): void;
}

/** `box` holds the rows and what is shown beside them. */
export function useListKeys<Row>(
  { rows, idOf, hrefOf, onOpen, picked, opened }: Options<Row>,
  box: RefObject<HTMLElement>,
  view: RowsInView,
): ListKeys {
  const { route } = useLocation();
  const address = useAddress();
  const [at, setAt] = useState(-1);
  const show = (row: string | null) =>
    address.set({ [OPEN_ROW]: row }, { isReplacing: opened !== undefined && row !== null });
  // A row that the address opens is where the keys begin.
  const hasBegun = useRef(false);
  useEffect(() => {
    if (hasBegun.current || opened === undefined) return;
    const index = rows.findIndex((row) => row !== undefined && idOf(row) === opened);
    if (index < 0) return;
    hasBegun.current = true;
    if (at < 0) setAt(index);
  });

  function go(to: number): void {
    const index = Math.max(0, Math.min(to, rows.length - 1));
    const row = rows[index];
    setAt(index);
    view.scrollTo(index);
    if (opened !== undefined && row !== undefined) show(idOf(row));
    focusOn(index);
  }

  /** At once, so that the next key finds it; or after the row is drawn, where it was not. */
  function focusOn(index: number): void {
    const find = () => box.current?.querySelector<HTMLElement>(`[data-row="${index}"]`);
    const row = find();
    if (row) row.focus();
    else requestAnimationFrame(() => find()?.focus());
  }

  function peekAt(index: number): void {
    const row = rows[index];
    if (row === undefined) return;
    setAt(index);
    show(idOf(row) === opened ? null : idOf(row));
  }

  function close(): void {
    // A menu or a dialog that is open takes the key for itself.
    if (document.querySelector(":popover-open, dialog[open]")) return;
    show(null);
    focusOn(Math.max(at, 0));
  }

  const acts: Record<string, (row: Row, index: number) => void> = {
    Enter: (row) => (hrefOf ? route(hrefOf(row)) : onOpen?.(row)),
    x: (row) => picked?.toggle(idOf(row)),
    " ": (_, index) => peekAt(index),
    ArrowRight: () => box.current?.querySelector<HTMLElement>(".peek")?.focus(),
  };

  useKeys({
    j: { title: "Next row", act: () => go(at + 1) },
    k: { title: "Row before", act: () => go(at - 1) },
    ...(hrefOf || onOpen ? { Enter: { title: "Open the row" } } : {}),
    Space: { title: "Show the row beside the list" },
    ...(opened === undefined
      ? {}
      : { "→": { title: "Go into what is shown beside the list" }, Escape: { title: "Close it", act: close } }),
    ...(picked ? { x: { title: "Pick the row" } } : {}),
  });

  return {
    ...{ at, peekAt, close },
    onKeyDown(event) {
      const line = event.target as HTMLElement;
      // In a button or a field of the row the keys are its own.
      if (line.tagName !== "TR" || event.ctrlKey || event.metaKey || event.altKey) return;
      const index = Number(line.dataset["row"]);
      const row = rows[index];
      const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const act = acts[event.key];
      if (steps !== undefined) go(index + steps);
      else if (act && row !== undefined) {
        setAt(index);
        act(row, index);
      } else return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
