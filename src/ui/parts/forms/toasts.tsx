// Shows short messages at the corner: what was done, with a link to it or a way back, and what was refused.
import { signal } from "@preact/signals";
import { X } from "lucide-preact";
import { Button } from "../button.tsx";

export interface Toast {
  id: number;
  text: string;
  isBad?: boolean;
  /** Where the result is. */
  link?: { title: string; href: string };
  /** Takes the action back. */
  undo?: () => void;
}

const shown = signal<Toast[]>([]);
const MOST = 4;
const SHOWN_MS = 6_000;

/** Goes away by itself; a refusal stays until it is closed. */
export function toast(message: Omit<Toast, "id">): void {
  const id = (shown.peek().at(-1)?.id ?? 0) + 1;
  shown.value = [...shown.peek(), { ...message, id }].slice(-MOST);
  if (!message.isBad) setTimeout(() => close(id), SHOWN_MS);
}

function close(id: number): void {
  shown.value = shown.peek().filter((item) => item.id !== id);
}

/** Drawn once, by the frame. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map(({ id, text, isBad, link, undo }) => (
        <div class={`toast ${isBad ? "bad" : ""}`} key={id}>
          <p>
            {text}{" "}
            {link && (
              <a class="link" href={link.href} onClick={() => close(id)}>
                {link.title}
              </a>
            )}
          </p>
          {undo && (
            <Button
              isSmall
              onClick={() => {
                close(id);
                undo();
              }}
            >
              Undo
            </Button>
          )}
          <Button kind="plain" isSmall icon={X} label="Close" onClick={() => close(id)} />
        </div>
      ))}
    </div>
  );
}
