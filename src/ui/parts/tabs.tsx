// Draws tabs whose choice is in the address (`?tab=logs`): Back, reload and a pasted link find it again.
import { useLayoutEffect, useRef } from "preact/hooks";
import { OPEN_ROW, tabOf } from "./address.ts";
import { useAddress } from "./use-address.ts";

export interface TabsProps {
  /** By their words in the address. The first is shown when the address has none. */
  tabs: readonly { key: string; title: string; count?: number | undefined }[];
  /** The name in the address; `tab` unless given. */
  name?: string;
  label: string;
}

export function Tabs({ tabs, name = "tab", label }: TabsProps) {
  const address = useAddress();
  const chosen = address.one(name) ?? tabs[0]?.key;
  const strip = useRef<HTMLDivElement>(null);
  // On narrow screens the strip scrolls: the open tab comes to its middle, and the page stays where it is.
  useLayoutEffect(() => {
    const [whole, tab] = [strip.current, strip.current?.querySelector('[aria-selected="true"]')];
    if (!whole || !tab) return;
    const [outer, inner] = [whole.getBoundingClientRect(), tab.getBoundingClientRect()];
    whole.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }, [chosen]);
  return (
    <div class="tabs" ref={strip} role="tablist" aria-label={label}>
      {tabs.map(({ key, title, count }) => (
        <a
          key={key}
          role="tab"
          aria-selected={key === chosen}
          href={address.with({ [name]: key === tabs[0]?.key ? null : key, [OPEN_ROW]: null })}
        >
          {title}
          {count !== undefined && <span class="quiet"> {count}</span>}
        </a>
      ))}
    </div>
  );
}

/** The tab that is open. */
export function useTab<Key extends string>(keys: readonly [Key, ...Key[]], name = "tab"): Key {
  return tabOf(useAddress(), keys, name);
}
