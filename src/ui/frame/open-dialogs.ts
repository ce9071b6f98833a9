// Says which of the frame's dialogs are open, so that keys, buttons and the palette itself can open them.
import { signal } from "@preact/signals";

export const isPaletteOpen = signal(false);
export const isKeyHelpOpen = signal(false);
