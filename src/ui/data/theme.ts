// Knows whether the reader chose light or dark, and which colours states have. index.html applies both before the first paint.
import { computed } from "@preact/signals";
import { remembered } from "./storage.ts";

/** `light` or `dark`; `null` follows the system. */
export const theme = chosen("theme");
/** `distinct`: colours of states that colour-blind readers tell apart; `null` for the usual ones. */
export const palette = chosen("palette");
/** Changes with every choice that changes colours: what draws on a canvas draws again. */
export const look = computed(() => `${theme.value} ${palette.value}`);

export function togglePalette(): void {
  palette.value = palette.value === null ? "distinct" : null;
}

function chosen(name: string) {
  const value = remembered(name);
  value.subscribe((now) => {
    if (now) document.documentElement.dataset[name] = now;
    else delete document.documentElement.dataset[name];
  });
  return value;
}
