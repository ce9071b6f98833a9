// Draws an icon of lucide in the one size and weight of the page. It says nothing to screen readers: the word beside it does.
import type { LucideIcon } from "lucide-preact";

export type { LucideIcon };

export interface IconProps {
  of: LucideIcon;
  /** Pixels; 16 unless said. */
  size?: number;
  class?: string;
}

export function Icon({ of: Shape, size = 16, class: name = "" }: IconProps) {
  return <Shape size={size} strokeWidth={1.75} class={name} aria-hidden="true" />;
}
