// Remembers what the reader chose, in this browser. Without storage (private windows may refuse it) it lasts as long as the page.
import { type Signal, signal } from "@preact/signals";
import { stored } from "./stored.ts";

/** By their key in the storage. */
const all = new Map<string, Signal<string | null>>();

/** Has choices that are made in another tab of the browser come here. */
export function followOtherTabs(): void {
  window.addEventListener("storage", ({ key, newValue }) => {
    const value = key === null ? undefined : all.get(key);
    if (value) value.value = newValue;
  });
}

/** A signal that is kept under `orch.NAME`; `null` when nothing was chosen. */
export function remembered(name: string): Signal<string | null> {
  const key = `orch.${name}`;
  const value = signal(stored(name));
  value.subscribe((now) => {
    if (now !== stored(name)) write(key, now);
  });
  all.set(key, value);
  return value;
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Refused by the browser: the choice lasts as long as the page.
  }
}
