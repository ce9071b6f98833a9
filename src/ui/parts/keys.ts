// Handles the keys of the page: single ones, and pairs such as `g r`. What is registered is what `?` shows.
import { useLayoutEffect, useRef } from "preact/hooks";

export interface Key {
  /** What it does, for the list of `?`. */
  title: string;
  /** Missing where a part handles the key itself and only its title is wanted. */
  act?: () => void;
}
export type Keys = Record<string, Key>;

const layers = new Set<{ current: Keys }>();
const PAIR_MS = 1_000;

/** Keys that work while the component is on the page: `{ "g r": …, "/": … }`. Never while the reader types. */
export function useKeys(keys: Keys): void {
  const layer = useRef(keys);
  layer.current = keys;
  // Not after the paint: a key that is pressed as the page appears is not lost.
  useLayoutEffect(() => {
    layers.add(layer);
    return () => {
      layers.delete(layer);
    };
  }, []);
}

/** All that work now, the page's own last. */
export function keysNow(): Keys {
  return Object.assign({}, ...[...layers].map(({ current }) => current));
}

/** Called once, by the frame. */
export function listenToKeys(): void {
  let first: { key: string; at: number } | undefined;
  window.addEventListener("keydown", (event) => {
    // When it was pressed, not when a busy page comes to it.
    const at = event.timeStamp;
    const isChord = event.ctrlKey || event.metaKey;
    if (event.defaultPrevented || event.altKey || (isTyping(event) && !isChord)) return;
    const key = `${isChord ? "Ctrl+" : ""}${event.key}`;
    const keys = keysNow();
    const pair = first && at - first.at < PAIR_MS ? keys[`${first.key} ${key}`] : undefined;
    const act = pair?.act ?? (isDialogOpen() && !isChord ? undefined : keys[key]?.act);
    first = pair ? undefined : { key, at };
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]");
}

function isDialogOpen(): boolean {
  return document.querySelector("dialog[open]") !== null;
}
