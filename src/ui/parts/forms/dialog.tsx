// Opens the browser's own modal dialog: the focus stays inside and comes back, Escape closes it. A click beside it does not:
// what was typed survives.
import { X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button.tsx";
import { useOnce } from "./once.ts";

export interface DialogProps {
  title: string;
  onClose: () => void;
  /** Makes a form of it: Enter in a field, or the submit button in `foot`. */
  onSubmit?: () => unknown;
  /** Buttons. What destroys is never the one that has the focus. */
  foot: ComponentChildren;
  isWide?: boolean;
  children?: ComponentChildren;
}

/** Is open while it is drawn. */
export function Dialog({ title, onClose, onSubmit, foot, isWide = false, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  const submit = useOnce(() => onSubmit?.());
  // Not after the paint: what is typed as soon as it is asked for goes into it.
  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    const dialog = box.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>(".body :is(input, select, textarea), [autofocus]")?.focus();
    return () => {
      dialog?.close();
      // Removed from the page a dialog gives no focus back by itself.
      if (opener?.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      class={`dialog ${isWide ? "wide" : ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div class="head">
          <h2 id={id}>{title}</h2>
          <Button kind="plain" icon={X} label="Close" onClick={onClose} />
        </div>
        <div class="body">{children}</div>
        <div class="foot">{foot}</div>
      </form>
    </dialog>
  );
}
