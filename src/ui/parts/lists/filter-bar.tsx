// Draws the filters of a list. Their state is the address alone, so Back and a pasted link restore them.
import { ChevronDown, Search, X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button } from "../button.tsx";
import { Icon } from "../icon.tsx";
import { useKeys } from "../keys.ts";
import { Menu, MenuItem } from "../menu.tsx";
import { useAddress } from "../use-address.ts";

/** A row of filters; at its end what else belongs there. */
export function FilterBar({ children }: { children: ComponentChildren }) {
  return (
    <search class="filter-bar" aria-label="Filters">
      {children}
    </search>
  );
}

const TYPING_MS = 200;

/** Text that is looked for, under `name` in the address. The key `/` leads here. */
export function SearchFilter({ label, name = "search" }: { label: string; name?: string }) {
  const address = useAddress();
  const given = address.one(name) ?? "";
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const id = useId();
  useKeys({ "/": { title: label, act: () => input.current?.focus() } });
  // Back and Clear change the address, not the field.
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = given;
  }, [given]);
  const apply = (text: string) => address.set({ [name]: text === "" ? null : text }, { isReplacing: true });
  return (
    <span class="search-field">
      <Icon of={Search} />
      <label class="hidden-label" for={id}>
        {label}
      </label>
      <input
        {...{ id, type: "search", placeholder: label, defaultValue: given, ref: input }}
        onInput={({ currentTarget: { value } }) => {
          clearTimeout(timer.current);
          const { pathname } = location;
          // A reader that has left the page meanwhile is not brought back: it may stay drawn while the next one loads.
          timer.current = setTimeout(() => location.pathname === pathname && apply(value.trim()), TYPING_MS);
        }}
      />
    </span>
  );
}

export interface Option {
  value: string;
  title: string;
  /** Before the title: a state's shape. */
  mark?: ComponentChildren;
}

export interface ChoiceFilterProps {
  /** In the address; several values are `?tag=a&tag=b`. */
  name: string;
  label: string;
  options: readonly Option[];
  /** Only one can be chosen; without one the list's usual: `usual` says what that is called. */
  isSingle?: boolean;
  usual?: string;
}

const LONG = 10;

/** A button that opens the options of one filter. */
export function ChoiceFilter({ name, label, options, isSingle = false, usual }: ChoiceFilterProps) {
  const address = useAddress();
  const chosen = address.all(name);
  const titleOf = (value: string) => options.find((option) => option.value === value)?.title ?? value;
  const words = chosen.length > 0 ? chosen.map(titleOf).join(", ") : usual;
  const choose = (value: string) => {
    if (isSingle) return address.set({ [name]: chosen[0] === value ? null : value });
    const others = chosen.filter((item) => item !== value);
    address.set({ [name]: others.length < chosen.length ? others : [...chosen, value] });
  };
  const button = {
    class: chosen.length > 0 ? "is-set" : "",
    children: (
      <>
        {words === usual && usual ? usual : label}
        {chosen.length > 0 && <b>{words}</b>}
        <Icon of={ChevronDown} size={14} />
      </>
    ),
  };
  return (
    <Menu button={button} label={label} hasFields>
      {() => <Options {...{ options, chosen, choose, label, isSingle }} clear={() => address.set({ [name]: null })} />}
    </Menu>
  );
}

interface OptionsProps {
  options: readonly Option[];
  chosen: string[];
  choose: (value: string) => void;
  clear: () => void;
  label: string;
  isSingle: boolean;
}

function Options({ options, chosen, choose, clear, label, isSingle }: OptionsProps) {
  const [text, setText] = useState("");
  const found = options.filter(({ title }) => title.toLowerCase().includes(text.toLowerCase()));
  return (
    <>
      {options.length > LONG && (
        <input
          type="search"
          placeholder={`Search ${label.toLowerCase()}`}
          aria-label={`Search ${label.toLowerCase()}`}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      )}
      {found.map(({ value, title, mark }) => (
        <label class="item" key={value}>
          <input
            type={isSingle ? "radio" : "checkbox"}
            checked={chosen.includes(value)}
            onChange={() => choose(value)}
          />
          {mark ?? <span class="cut">{title}</span>}
        </label>
      ))}
      {found.length === 0 && <p class="note">There is none.</p>}
      {chosen.length > 0 && (
        <>
          <hr />
          <MenuItem icon={X} onClick={clear}>
            Any
          </MenuItem>
        </>
      )}
    </>
  );
}

/** Takes out all of the given names, when one is set. */
export function ClearFilters({ names }: { names: readonly string[] }) {
  const address = useAddress();
  if (names.every((name) => address.all(name).length === 0)) return null;
  return (
    <Button kind="plain" icon={X} href={address.with(Object.fromEntries(names.map((name) => [name, null])))}>
      Clear
    </Button>
  );
}
