// Copies text, also on pages over plain HTTP, where browsers have no clipboard for scripts.
import { Check, Copy } from "lucide-preact";
import { useState } from "preact/hooks";
import { Button } from "../button.tsx";

/** Gives whether the browser took it: it does so only while a key or a button is pressed, or soon after. */
export function copyText(text: string): boolean {
  const put = (event: ClipboardEvent) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData?.setData("text/plain", text);
  };
  document.addEventListener("copy", put, { capture: true, once: true });
  const isTaken = document.execCommand("copy");
  document.removeEventListener("copy", put, { capture: true });
  return isTaken;
}

const SHOWN_MS = 1_500;

/** A button that copies `text`, and shows that it has. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [isDone, setDone] = useState(false);
  const copy = () => {
    copyText(text);
    setDone(true);
    setTimeout(() => setDone(false), SHOWN_MS);
  };
  return <Button kind="plain" isSmall icon={isDone ? Check : Copy} label={isDone ? "Copied" : label} onClick={copy} />;
}
