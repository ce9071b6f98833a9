// Tells whether the page is seen: a hidden tab asks for nothing and draws nothing.
import { signal } from "@preact/signals";

export const isVisible = signal(!document.hidden);

document.addEventListener("visibilitychange", () => {
  isVisible.value = !document.hidden;
});
