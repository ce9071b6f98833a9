// Draws what can be pressed: a button, or a link that looks like one.
import type { ComponentChildren } from "preact";
import { useOnce } from "./forms/once.ts";
import { Icon, type LucideIcon } from "./icon.tsx";

export interface ButtonProps {
  /** `main`: the one action of the page or dialog. `danger`: destroys. `plain`: without a frame. */
  kind?: "main" | "danger" | "plain";
  icon?: LucideIcon;
  /** What an icon without text does: read aloud, and shown on hover. */
  label?: string;
  /** In a row or beside text. */
  isSmall?: boolean;
  /** Makes a link of it. */
  href?: string;
  type?: "button" | "submit";
  disabled?: boolean;
  autofocus?: boolean;
  class?: string;
  /** What a press opens below it, and whether that is open now. */
  popup?: { kind: "menu" | "dialog"; isOpen: boolean };
  /** While what it began is under way, pressing again does nothing. */
  onClick?: (event: MouseEvent) => unknown;
  children?: ComponentChildren;
}

export function Button(props: ButtonProps) {
  const {
    kind,
    icon,
    label,
    isSmall,
    href,
    type = "button",
    disabled,
    autofocus,
    class: more,
    popup,
    onClick,
    children,
  } = props;
  const press = useOnce((event: MouseEvent) => onClick?.(event));
  const isIcon = icon !== undefined && children === undefined;
  const names = ["button", kind, isSmall && "small-button", isIcon && "icon", more].filter(Boolean).join(" ");
  const inside = (
    <>
      {icon && <Icon of={icon} size={isSmall ? 14 : 16} />}
      {children}
    </>
  );
  if (href !== undefined) {
    return (
      <a class={names} href={href} aria-label={label} title={label}>
        {inside}
      </a>
    );
  }
  return (
    <button
      {...{ type, disabled, autofocus }}
      onClick={press}
      class={names}
      aria-label={label}
      title={label}
      aria-haspopup={popup?.kind}
      aria-expanded={popup?.isOpen}
      onKeyDown={(event) => event.key === " " && event.stopPropagation()}
    >
      {inside}
    </button>
  );
}
