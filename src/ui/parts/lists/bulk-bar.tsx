// Offers the actions on the picked rows of a list, while there are any.
import type { ComponentChildren } from "preact";
import { Button } from "../button.tsx";
import type { Picked } from "./picked.ts";

export interface BulkBarProps {
  picked: Picked;
  /** Instead of the number of picked rows. */
  text?: string | undefined;
  onClear?: () => void;
  children: ComponentChildren;
}

export function BulkBar({ picked, text, onClear = picked.clear, children }: BulkBarProps) {
  if (picked.ids.size === 0) return null;
  return (
    <section class="bulk-bar" aria-label="Picked rows">
      <span>{text ?? `${picked.ids.size} picked`}</span>
      {children}
      <Button kind="plain" onClick={onClear}>
        Clear
      </Button>
    </section>
  );
}
