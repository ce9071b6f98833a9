// Opens a menu below a button. The browser's own popover closes it on Escape and outside clicks, and gives the focus back.
import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useContext, useId, useRef, useState } from "preact/hooks";
import { Button, type ButtonProps } from "./button.tsx";
import { Icon, type LucideIcon } from "./icon.tsx";

export interface MenuProps {
  /** The button that opens it. */
  button: Omit<ButtonProps, "onClick" | "href">;
  /** What the menu is for, read aloud. */
  label: string;
  /** Items, made when it opens. */
  children: () => ComponentChildren;
}

const EDGE = 8;
const GAP = 4;
const Close = createContext(() => {});

export function Menu({ button, label, children }: MenuProps) {
  const id = useId();
  const box = useRef<HTMLElement>(null);
  const holder = useRef<HTMLSpanElement>(null);
  const [isOpen, setOpen] = useState(false);

  const open = () => {
    if (isOpen) return box.current?.hidePopover();
    setOpen(true);
    // The items are drawn first, so that their size is known.
    requestAnimationFrame(() => {
      if (!box.current || !holder.current) return;
      box.current.showPopover();
      place(box.current, holder.current.getBoundingClientRect());
      box.current.querySelector<HTMLElement>("input, a, button")?.focus();
    });
  };

  return (
    <span ref={holder}>
      <Button {...button} onClick={open} />
      <section
        ref={box}
        id={id}
        class="menu"
        popover="auto"
        aria-label={label}
        onToggle={(event) => setOpen(event.newState === "open")}
        onKeyDown={step}
      >
        <Close.Provider value={() => box.current?.hidePopover()}>{isOpen && children()}</Close.Provider>
      </section>
    </span>
  );
}

/** Below the button, or above it where there is no room; never beyond the edge of the screen. */
function place(box: HTMLElement, button: DOMRect): void {
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(button.left, innerWidth - width - EDGE));
  const below = button.bottom + GAP;
  const top = below + height > innerHeight - EDGE ? Math.max(EDGE, button.top - GAP - height) : below;
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

function step(event: KeyboardEvent): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("input, a, button")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + by + items.length) % items.length]?.focus();
}

export interface MenuItemProps {
  icon?: LucideIcon;
  isDanger?: boolean;
  /** At the end of the line: a key, a tick. */
  end?: ComponentChildren;
  href?: string;
  onClick?: () => void;
  children: ComponentChildren;
}

/** One line of a menu: closes it, then acts. */
export function MenuItem({ icon, isDanger, end, href, onClick, children }: MenuItemProps) {
  const close = useContext(Close);
  const inside = (
    <>
      {icon && <Icon of={icon} />}
      <span>{children}</span>
      {end !== undefined && <span class="push">{end}</span>}
    </>
  );
  const act = () => {
    close();
    onClick?.();
  };
  const name = `item ${isDanger ? "danger" : ""}`;
  if (href !== undefined) {
    return (
      <a class={name} href={href} onClick={act}>
        {inside}
      </a>
    );
  }
  return (
    <button type="button" class={name} onClick={act}>
      {inside}
    </button>
  );
}
