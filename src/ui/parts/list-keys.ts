// Moves through a list by keys: j k go from row to row, Enter opens, x picks, Space does what the page wants with a row.
import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useKeys } from "./keys.ts";
import type { ListProps } from "./list.tsx";
import type { RowsInView } from "./window.ts";

/** As `--row` in style/tokens.css: 36 pixels and none between, so that rows need not be measured. */
export const ROW_HEIGHT = 36;

type Options<Row> = Pick<ListProps<Row>, "rows" | "idOf" | "hrefOf" | "onOpen" | "picked" | "onPeek">;

export interface ListKeys {
  /** The number of the row that has the focus; -1 before the first key. */
  at: number;
  onKeyDown(event: KeyboardEvent): void;
}

export function useListKeys<Row>(
  { rows, idOf, hrefOf, onOpen, onPeek, picked }: Options<Row>,
  body: RefObject<HTMLElement>,
  view: RowsInView,
): ListKeys {
  const { route } = useLocation();
  const [at, setAt] = useState(-1);

  function go(to: number): void {
    const row = Math.max(0, Math.min(to, rows.length - 1));
    setAt(row);
    view.scrollTo(row);
    // After the row is drawn, where it was not.
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-row="${row}"]`)?.focus());
  }

  const acts: Record<string, (row: Row) => void> = {
    Enter: (row) => (hrefOf ? route(hrefOf(row)) : onOpen?.(row)),
    x: (row) => picked?.toggle(idOf(row)),
    " ": (row) => onPeek?.(row),
  };

  useKeys({
    j: { title: "Next row", act: () => go(at + 1) },
    k: { title: "Row before", act: () => go(at - 1) },
    ...(hrefOf || onOpen ? { Enter: { title: "Open the row" } } : {}),
    ...(onPeek ? { Space: { title: "Show the row beside the list" } } : {}),
    ...(picked ? { x: { title: "Pick the row" } } : {}),
  });

  return {
    at,
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
        act(row);
      } else return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
