// Goes anywhere and does anything: places, deployments, flows and runs by name, and actions.
import fuzzysort from "fuzzysort";
import {
  ArrowRight,
  Blocks,
  CirclePlay,
  Eye,
  Keyboard,
  Moon,
  Package,
  Play,
  Rocket,
  Rows3,
  Server,
  SquareCheckBig,
  Sun,
  Variable,
  Workflow,
} from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { HitKind } from "#wire/search.ts";
import { to } from "../data/base.ts";
import type { Output } from "../data/call.ts";
import { nameOf } from "../data/names.ts";
import { useQuery } from "../data/query.ts";
import { rows, toggleCompact } from "../data/rows.ts";
import { palette, theme, togglePalette } from "../data/theme.ts";
import { Icon, type LucideIcon } from "../parts/icon.tsx";
import { isKeyHelpOpen, isPaletteOpen } from "./open-dialogs.ts";
import { PLACES } from "./places.ts";
import { toggleUtc } from "./zone-menu.tsx";

interface Option {
  title: string;
  /** Which kind it is, at the end of the line. */
  kind: string;
  icon: LucideIcon;
  page?: string;
  /** What is matched, when it is more than the title. */
  searched?: string;
  act?: () => void;
}

const MOST_SHOWN = 40;
const MOST_AT_HAND = 200;
/** Shorter texts find too much on the server. */
const LEAST_LETTERS = 3;

export default function Palette() {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { route } = useLocation();
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  const options = useOptions(text);
  const found = matching(text, options);
  const chosen = Math.min(at, found.length - 1);
  const active = chosen < 0 ? {} : { "aria-activedescendant": `${id}-${chosen}` };

  // As with `Dialog`: what is typed at once goes into it.
  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    box.current?.showModal();
    return () => opener?.focus();
  }, []);
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  });

  const close = () => {
    isPaletteOpen.value = false;
  };
  const choose = (option: Option | undefined) => {
    if (!option) return;
    close();
    if (option.page !== undefined) route(to(option.page));
    option.act?.();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) setAt((chosen + by + found.length) % Math.max(found.length, 1));
    else if (event.key === "Enter") choose(found[chosen]?.option);
    else return;
    event.preventDefault();
  };

  return (
    <dialog
      ref={box}
      class="dialog palette"
      aria-label="Go to, or do"
      // Escape: at once, as `onClose` comes a task later, and a key between the two would toggle what is closed already.
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClose={close}
      onKeyDown={onKeyDown}
      onClick={(event) => event.target === box.current && close()}
    >
      <input
        type="search"
        placeholder="Go to, or do"
        role="combobox"
        aria-label="Go to, or do"
        aria-expanded="true"
        aria-controls={id}
        {...active}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
      />
      <div class="options" id={id} role="listbox" aria-label="Choices">
        {found.map(({ option, title }, index) => (
          <button
            type="button"
            key={`${option.kind} ${option.page ?? option.title}`}
            id={`${id}-${index}`}
            class="option"
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onClick={() => choose(option)}
          >
            <Icon of={option.icon} class="quiet" />
            <span>{title}</span>
            <span class="push quiet small">{option.kind}</span>
          </button>
        ))}
      </div>
      {found.length === 0 && <p class="none quiet">Nothing has this name.</p>}
    </dialog>
  );
}

/** The best first, with the letters that match. */
function matching(text: string, options: Option[]): { option: Option; title: ComponentChildren }[] {
  if (text.trim() === "") return options.slice(0, MOST_SHOWN).map((option) => ({ option, title: option.title }));
  const key = ({ title, searched }: Option) => searched ?? title;
  return fuzzysort.go<Option>(text, options, { key, limit: MOST_SHOWN }).map((result) => ({
    option: result.obj,
    title: result.obj.searched ? result.obj.title : result.highlight((part, index) => <b key={index}>{part}</b>),
  }));
}

/** Flows and deployments are at hand, so that letters left out are forgiven; all other names are looked for on the server. */
function useOptions(text: string): Option[] {
  const words = text.trim();
  const flows = useQuery("listFlows", { body: { limit: MOST_AT_HAND, sort: "CREATED_DESC" } });
  const deployments = useQuery("listDeployments", { body: { limit: MOST_AT_HAND, sort: "UPDATED_DESC" } });
  const found = useQuery("searchNames", words.length < LEAST_LETTERS ? null : { query: { text: words } });
  const options: Option[] = [
    ...PLACES.map(({ title, page, icon }) => ({ title, page, icon, kind: "Place" })),
    ...(deployments.data ?? []).flatMap(({ id, name, flow_id }): Option[] => {
      const title = `${nameOf("flow", flow_id) ?? "…"}/${name}`;
      return [
        { title, page: pages.deployment(id), icon: Rocket, kind: "Deployment" },
        { title: `Run ${title}`, page: pages.runDeployment(id), icon: Play, kind: "Action" },
      ];
    }),
    ...(flows.data ?? []).map(({ id, name }) => ({ title: name, page: pages.flow(id), icon: Workflow, kind: "Flow" })),
    ...(found.data?.hits ?? []).flatMap((hit) => optionOf(hit) ?? []),
    ...actions(),
  ];
  const known = new Set<string>();
  return options.filter(({ page }) => page === undefined || (!known.has(page) && known.add(page)));
}

type Hit = Output<"searchNames">["hits"][number];

const HITS: Record<HitKind, [kind: string, icon: LucideIcon, page: (hit: Hit) => string]> = {
  flow: ["Flow", Workflow, ({ id }) => pages.flow(id)],
  deployment: ["Deployment", Rocket, ({ id }) => pages.deployment(id)],
  flow_run: ["Run", CirclePlay, ({ id }) => pages.flowRun(id)],
  task_run: ["Task run", SquareCheckBig, ({ id }) => pages.taskRun(id)],
  work_pool: ["Work pool", Server, ({ id }) => pages.workPool(id)],
  work_queue: ["Work queue", Server, ({ id }) => pages.workQueue(id)],
  block: ["Block", Blocks, ({ id }) => pages.block(id)],
  variable: ["Variable", Variable, ({ name }) => `${pages.variables()}?${new URLSearchParams({ search: name })}`],
  artifact: ["Artifact", Package, ({ id }) => pages.artifactKey(id)],
};

/** A deployment is known by its flow's name too. An id is found by the id, whatever the name is. */
function optionOf(hit: Hit): Option {
  const [kind, icon, page] = HITS[hit.kind];
  const title = hit.kind === "deployment" && hit.detail !== null ? `${hit.detail}/${hit.name}` : hit.name;
  return { title, icon, kind, page: page(hit), searched: `${title} ${hit.id}` };
}

function actions(): Option[] {
  const choose = (value: string | null) => () => {
    theme.value = value;
  };
  const help = () => {
    isKeyHelpOpen.value = true;
  };
  return [
    { title: "Light", icon: Sun, kind: "Action", act: choose("light") },
    { title: "Dark", icon: Moon, kind: "Action", act: choose("dark") },
    {
      title: palette.value ? "The usual colours" : "Colours for colour-blind readers",
      icon: Eye,
      kind: "Action",
      act: togglePalette,
    },
    {
      title: rows.value ? "Rows of the usual height" : "Compact rows",
      icon: Rows3,
      kind: "Action",
      act: toggleCompact,
    },
    { title: "Times in UTC, or in the browser's zone", icon: ArrowRight, kind: "Action", act: toggleUtc },
    { title: "Keys of this page", icon: Keyboard, kind: "Action", act: help },
  ];
}
