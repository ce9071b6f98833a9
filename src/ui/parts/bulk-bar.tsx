// Offers the actions on the picked rows of a list, while there are any.
import type { ComponentChildren } from "preact";
import { Button } from "./button.tsx";
import type { Picked } from "./picked.ts";

export function BulkBar({ picked, children }: { picked: Picked; children: ComponentChildren }) {
  if (picked.ids.size === 0) return null;
  return (
    <section class="bulk-bar" aria-label="Picked rows">
      <span>{picked.ids.size} picked</span>
      {children}
      <Button kind="plain" onClick={picked.clear}>
        Clear
      </Button>
    </section>
  );
}
