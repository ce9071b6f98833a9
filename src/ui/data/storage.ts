// Remembers what the reader chose, in this browser. Without storage (private windows may refuse it) it lasts as long as the page.
import { type Signal, signal } from "@preact/signals";

/** A signal that is kept under `orch.NAME`; `null` when nothing was chosen. Other tabs follow. */
export function remembered(name: string): Signal<string | null> {
  const key = `orch.${name}`;
  const value = signal(read(key));
  value.subscribe((now) => {
    if (now !== read(key)) write(key, now);
  });
  window.addEventListener("storage", (event) => {
    if (event.key === key) value.value = event.newValue;
  });
  return value;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Refused by the browser: the choice lasts as long as the page.
  }
}
