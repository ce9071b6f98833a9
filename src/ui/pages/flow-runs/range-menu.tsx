// Chooses the range of time: a word such as "Last 2 hours", or two moments in the zone that is shown.
import { CalendarDays, ChevronDown } from "lucide-preact";
import { useState } from "preact/hooks";
import { clock, timeText, zone } from "../../data/zone.ts";
import type { Address } from "../../parts/address.ts";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/forms/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Menu, MenuItem } from "../../parts/menu.tsx";
import { useAddress } from "../../parts/use-address.ts";
import { RANGES, type Range, type RangeName, rangeName, USUAL_RANGE } from "./run-filters.ts";

export function RangeMenu({ range }: { range: Range }) {
  const address = useAddress();
  const isCustom = address.one("from") !== undefined || address.one("to") !== undefined;
  const title = isCustom ? `${momentText(range.from)} – ${momentText(range.to)}` : RANGES[rangeName(address)].title;
  const button = {
    icon: CalendarDays,
    class: isCustom || address.one("range") ? "is-set" : "",
    children: (
      <>
        <span class="cut">{title}</span>
        <Icon of={ChevronDown} size={14} />
      </>
    ),
  };
  return (
    <Menu button={button} label="Range of time" hasFields>
      {() => (
        <>
          {Object.entries(RANGES).map(([name, { title }]) => (
            <MenuItem
              key={name}
              href={address.with({ range: name === USUAL_RANGE ? null : name, from: null, to: null })}
              end={!isCustom && name === (rangeName(address) satisfies RangeName) ? "✓" : undefined}
            >
              {title}
            </MenuItem>
          ))}
          <hr />
          <Moments range={range} address={address} />
        </>
      )}
    </Menu>
  );
}

function momentText(millis: number | undefined): string {
  return millis === undefined ? "…" : timeText(millis, "short");
}

function Moments({ range, address }: { range: Range; address: Address }) {
  const [from, setFrom] = useState(range.from === undefined ? "" : clock.value.write(range.from));
  const [to, setTo] = useState(range.to === undefined ? "" : clock.value.write(range.to));
  const apply = () => {
    const text = (given: string) => (given === "" ? null : new Date(clock.value.read(given)).toISOString());
    address.set({ range: null, from: text(from), to: text(to) });
  };
  return (
    <form
      class="stack moments"
      onSubmit={(event) => {
        event.preventDefault();
        event.currentTarget.closest<HTMLElement>("[popover]")?.hidePopover();
        apply();
      }}
    >
      <Field label="From">
        {(control) => (
          <input
            {...control}
            type="datetime-local"
            value={from}
            onInput={(event) => setFrom(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label="To" hint={`Times are of ${zone.value}.`}>
        {(control) => (
          <input {...control} type="datetime-local" value={to} onInput={(event) => setTo(event.currentTarget.value)} />
        )}
      </Field>
      <Button type="submit">Show this range</Button>
    </form>
  );
}
