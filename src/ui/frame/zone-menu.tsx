// Chooses the zone of all times: the browser's, UTC, or any other. The key `z` goes between the first two.
import { Check, ChevronDown } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { browserZone, chosenZone, lastBrowserZone, zone } from "../data/zone.ts";
import { Icon } from "../parts/icon.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";

const MOST_SHOWN = 12;
const NAMED_AFTER_MS = 500;

export function toggleUtc(): void {
  chosenZone.value = zone.value === "UTC" ? null : "UTC";
}

export function ZoneMenu() {
  const isQuiet = useQuietPage();
  const name = chosenZone.value ?? (isQuiet ? browserZone() : lastBrowserZone.value) ?? "";
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

/** Whether the page has shown what it was opened for: the first name of a zone makes a browser pause. */
function useQuietPage(): boolean {
  const [isQuiet, setQuiet] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(true), NAMED_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return isQuiet;
}

function Zones() {
  const [text, setText] = useState("");
  const words = text.toLowerCase().replaceAll(" ", "_");
  const others = Intl.supportedValuesOf("timeZone").filter((name) => name.toLowerCase().includes(words));
  const shown = text === "" ? [browserZone(), "UTC"] : others.slice(0, MOST_SHOWN);
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
            chosenZone.value = name === browserZone() ? null : name;
          }}
        >
          {name === browserZone() ? `${name} (this browser)` : name}
        </MenuItem>
      ))}
      {shown.length === 0 && <p class="note">There is no such zone.</p>}
    </>
  );
}
