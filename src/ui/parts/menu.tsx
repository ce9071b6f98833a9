// Opens a menu below a button. The browser's own popover closes it on Escape and outside clicks, and gives the focus back.
import { Ellipsis } from "lucide-preact";
import type { ComponentChildren, JSX } from "preact";
import { createContext } from "preact";
import { useContext, useId, useRef, useState } from "preact/hooks";
import { Button, type ButtonProps } from "./button.tsx";
import { Icon, type LucideIcon } from "./icon.tsx";

export interface MenuProps {
  /** The button that opens it. */
  button: Omit<ButtonProps, "onClick" | "href">;
  /** What the menu is for, read aloud. */
  label: string;
  /** It holds fields besides: then it is no menu to a screen reader, and Tab goes through it. */
  hasFields?: boolean;
  /** Items, made when it opens. */
  children: () => ComponentChildren;
}

const EDGE = 8;
const GAP = 4;
const Within = createContext({ close: () => {}, role: undefined as "menuitem" | undefined });

export function Menu({ button, label, hasFields = false, children }: MenuProps) {
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
      <Button {...button} popup={{ kind: hasFields ? "dialog" : "menu", isOpen }} onClick={open} />
      <section
        ref={box}
        id={id}
        class="menu"
        popover="auto"
        {...{ role: hasFields ? "dialog" : "menu" }}
        aria-label={label}
        onToggle={(event) => setOpen(event.newState === "open")}
        onKeyDown={(event) => step(event, hasFields)}
      >
        <Within.Provider value={{ close: () => box.current?.hidePopover(), role: hasFields ? undefined : "menuitem" }}>
          {isOpen && children()}
        </Within.Provider>
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

/** Arrows, Home and End go through the items. As all menus, one without fields is left by Tab. */
function step(event: JSX.TargetedKeyboardEvent<HTMLElement>, hasFields: boolean): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("input, a, button")];
  const at = items.indexOf(document.activeElement as HTMLElement); // -1 when it is none of them
  const isTyping = document.activeElement?.matches("input:not([type=checkbox], [type=radio])") ?? false;
  const last = items.length - 1;
  const places: Record<string, number> = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last };
  const to = { ...places, ...(isTyping ? {} : { Home: 0, End: last }) }[event.key];
  if (event.key === "Tab" && !hasFields) event.currentTarget.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  items[to]?.focus();
}

/** The menu at the end of a row, for the actions on the record of that name. */
export function RowMenu({ of: name, children }: { of: string; children: () => ComponentChildren }) {
  const label = `Actions on ${name}`;
  return (
    <Menu button={{ kind: "plain", icon: Ellipsis, label }} label={label}>
      {children}
    </Menu>
  );
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
  const { close, role } = useContext(Within);
  const tabIndex = role && -1;
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
      <a {...{ role, tabIndex }} class={name} href={href} onClick={act}>
        {inside}
      </a>
    );
  }
  return (
    <button type="button" {...{ role, tabIndex }} class={name} onClick={act}>
      {inside}
    </button>
  );
}
