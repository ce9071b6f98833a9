// Chooses the zone of all times: the browser's, UTC, or any other. The key `z` goes between the first two.
import { Check, ChevronDown } from "lucide-preact";
import { useState } from "preact/hooks";
import { BROWSER_ZONE, chosenZone, zone } from "../data/zone.ts";
import { Icon } from "../parts/icon.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";

const MOST_SHOWN = 12;

export function toggleUtc(): void {
  chosenZone.value = zone.value === "UTC" ? null : "UTC";
}

export function ZoneMenu() {
  const name = zone.value;
  const button = {
    kind: "plain",
    label: `Times are shown in ${name}`,
    children: (
      <>
        <span class="cut zone-name">{name}</span>
        <Icon of={ChevronDown} size={14} />
      </>
    ),
  } as const;
  return (
    <Menu button={button} label="Zone of all times" hasFields>
      {() => <Zones />}
    </Menu>
  );
}

function Zones() {
  const [text, setText] = useState("");
  const words = text.toLowerCase().replaceAll(" ", "_");
  const others = Intl.supportedValuesOf("timeZone").filter((name) => name.toLowerCase().includes(words));
  const shown = text === "" ? [BROWSER_ZONE, "UTC"] : others.slice(0, MOST_SHOWN);
  return (
    <>
      <input
        type="search"
        placeholder="Search zones"
        aria-label="Search zones"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {[...new Set(shown)].map((name) => (
        <MenuItem
          key={name}
          end={name === zone.value ? <Icon of={Check} /> : undefined}
          onClick={() => {
            chosenZone.value = name === BROWSER_ZONE ? null : name;
          }}
        >
          {name === BROWSER_ZONE ? `${name} (this browser)` : name}
        </MenuItem>
      ))}
      {shown.length === 0 && <p class="note">There is no such zone.</p>}
    </>
  );
}
