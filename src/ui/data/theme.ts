// Knows whether the reader chose light or dark. index.html applies the choice before the first paint.
import { remembered } from "./storage.ts";

/** `light` or `dark`; `null` follows the system. */
export const theme = remembered("theme");

theme.subscribe((chosen) => {
  if (chosen) document.documentElement.dataset["theme"] = chosen;
  else delete document.documentElement.dataset["theme"];
});
