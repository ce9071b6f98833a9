// Draws the edge of a panel that can be dragged, or moved by the arrow keys. The size is remembered in this browser.
import type { Signal } from "@preact/signals";
import { useRef } from "preact/hooks";

export interface ResizeHandleProps {
  /** Pixels; `null` while the reader has chosen none. */
  size: Signal<string | null>;
  /** What `null` means. */
  usual: number;
  least: number;
  most: number;
  /** The edge that moves: `right` of a panel at the left, `left` of one at the right, or its `bottom`. */
  edge: "left" | "right" | "bottom";
  /** Which panel, read aloud. */
  label: string;
}

const STEP = 16;

export function ResizeHandle({ size, usual, least, most, edge, label }: ResizeHandleProps) {
  const held = useRef<{ at: number; size: number } | undefined>(undefined);
  const now = sizeOf(size, usual);
  const isBottom = edge === "bottom";
  const set = (pixels: number) => {
    size.value = String(Math.round(Math.max(least, Math.min(most, pixels))));
  };
  const [grow, shrink] = isBottom
    ? ["ArrowDown", "ArrowUp"]
    : edge === "right"
      ? ["ArrowRight", "ArrowLeft"]
      : ["ArrowLeft", "ArrowRight"];
  const placeOf = (event: PointerEvent) =>
    isBottom ? event.clientY : edge === "left" ? -event.clientX : event.clientX;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule is not moved
    <div
      class={`resize-handle at-${edge}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={isBottom ? "horizontal" : "vertical"}
      aria-valuenow={now}
      aria-valuemin={least}
      aria-valuemax={most}
      title="Drag to resize; a double click sets it back"
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = { at: placeOf(event), size: now };
      }}
      onPointerMove={(event) => held.current && set(held.current.size + placeOf(event) - held.current.at)}
      onPointerUp={() => {
        held.current = undefined;
      }}
      onPointerCancel={() => {
        held.current = undefined;
      }}
      onDblClick={() => {
        size.value = null;
      }}
      onKeyDown={(event) => {
        if (event.key === grow) set(now + STEP);
        else if (event.key === shrink) set(now - STEP);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}

/** In pixels. */
export function sizeOf(size: Signal<string | null>, usual: number): number {
  const chosen = Number(size.value);
  return size.value !== null && chosen > 0 ? chosen : usual;
}
