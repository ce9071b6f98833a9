// Knows how high the rows of lists are: as the reader chose, and in two lines where the screen is narrow.
import { computed, type Signal, signal } from "@preact/signals";
import { remembered } from "./storage.ts";

/** `compact`, or `null` for the usual height. index.html applies the choice before the first paint. */
export const rows = remembered("rows");

rows.subscribe((chosen) => {
  if (chosen) document.documentElement.dataset["rows"] = chosen;
  else delete document.documentElement.dataset["rows"];
});

export function toggleCompact(): void {
  rows.value = rows.value === null ? "compact" : null;
}

const narrow = matchMedia("(max-width: 640px)");
export const isNarrow: Signal<boolean> = signal(narrow.matches);
narrow.addEventListener("change", () => {
  isNarrow.value = narrow.matches;
});

const USUAL = { one: 36, two: 52 };
const COMPACT = { one: 28, two: 44 };

/** Of a row in one line, and of one in two; pixels, none between the rows, so that rows need not be measured. */
export const rowHeights = computed(() => (rows.value === "compact" ? COMPACT : USUAL));
