// Shows one row beside its list, as the key Space opens it. The address holds which; Escape closes it.
import { ArrowRight, X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { remembered } from "../../data/storage.ts";
import { Button } from "../button.tsx";
import { ResizeHandle, sizeOf } from "../resize-handle.tsx";

export interface PeekProps {
  /** What it shows, read aloud. */
  label: string;
  /** The row's own page. */
  href?: string | undefined;
  onClose: () => void;
  children: ComponentChildren;
}

const width = remembered("peek-width");
const USUAL = 420;
const [LEAST, MOST] = [280, 900];

export function Peek({ label, href, onClose, children }: PeekProps) {
  return (
    <aside class="peek" aria-label={label} tabIndex={-1} style={{ "--peek": `${sizeOf(width, USUAL)}px` }}>
      <ResizeHandle size={width} usual={USUAL} least={LEAST} most={MOST} edge="left" label="Width of the panel" />
      <div class="peek-head">
        {href && (
          <Button isSmall icon={ArrowRight} href={href}>
            Open
          </Button>
        )}
        <Button isSmall kind="plain" class="push" icon={X} label="Close the panel" onClick={onClose} />
      </div>
      <div class="stack">{children}</div>
    </aside>
  );
}
