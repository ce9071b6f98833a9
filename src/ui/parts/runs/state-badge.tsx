// Shows a state by hue, shape and word, never by colour alone.
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleX,
  Clock,
  ClockAlert,
  LoaderCircle,
  Zap,
} from "lucide-preact";
import { type ComponentChildren, Fragment } from "preact";
import type { StateType } from "#wire/runs/states.ts";
import { paceOf } from "../../data/clock.ts";
import { Icon, type LucideIcon } from "../icon.tsx";

const SHAPES: Record<StateType, [className: string, shape: LucideIcon]> = {
  COMPLETED: ["completed", CircleCheck],
  RUNNING: ["running", LoaderCircle],
  SCHEDULED: ["scheduled", Clock],
  PENDING: ["pending", CircleDashed],
  PAUSED: ["paused", CirclePause],
  CANCELLING: ["cancelled", Ban],
  CANCELLED: ["cancelled", Ban],
  FAILED: ["failed", CircleX],
  CRASHED: ["crashed", Zap],
};
const LATE: [string, LucideIcon] = ["late", ClockAlert];
const NONE: [string, LucideIcon] = ["pending", CircleDashed];

/** Letters: a longer word may be cut in a list, so it is shown on hover. */
const LONG_WORD = 14;

/** The class that carries a state's colour as `--state`, for charts and bars too. `Late` is a name of SCHEDULED. */
export function stateClass(type: StateType | null | undefined, name?: string | null): string {
  return `state-${shapeOf(type, name)[0]}`;
}

function shapeOf(type: StateType | null | undefined, name?: string | null): [string, LucideIcon] {
  if (name === "Late") return LATE;
  return type ? SHAPES[type] : NONE;
}

export interface StateBadgeProps {
  type: StateType | null | undefined;
  /** The state's own name: `Late`, `AwaitingRetry`. Its type in words unless given. */
  name?: string | null | undefined;
  /** The shape alone, where the word is not needed to understand the row: it is read aloud and shown on hover. */
  isShape?: boolean;
  /** In the row of a run its start, in milliseconds: while it runs the ring turns, as often as its duration changes. */
  turnsFrom?: number | undefined;
}

export function StateBadge({ type, name, isShape = false, turnsFrom }: StateBadgeProps) {
  const word = name ?? (type ? type[0] + type.slice(1).toLowerCase() : "No state");
  const [className, shape] = shapeOf(type, name);
  return (
    <span class={`state state-${className}`} title={isShape || word.length > LONG_WORD ? word : undefined}>
      {turnsFrom !== undefined && type === "RUNNING" ? (
        <Turning shape={shape} from={turnsFrom} />
      ) : (
        <span>
          <Icon of={shape} />
        </span>
      )}
      <span class={isShape ? "hidden-label" : ""}>{breakable(word)}</span>
    </span>
  );
}

/** `AwaitingRetry` may go on in a second line before each capital: in a narrow column it stays readable. */
function breakable(word: string): ComponentChildren {
  const parts = word.split(/(?<=[a-z])(?=[A-Z])/);
  return parts.length === 1
    ? word
    : parts.map((part, at) => (
        <Fragment key={at}>
          {at > 0 && <wbr />}
          {part}
        </Fragment>
      ));
}

const STEPS = 8;
const SECOND_MS = 1_000;
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

/** By hand: an animation of the style sheet has every frame drawn as long as a run runs, also one in steps. */
function Turning({ shape, from }: { shape: LucideIcon; from: number }) {
  const step = isStill.matches ? 0 : Math.floor(paceOf(from).value / SECOND_MS) % STEPS;
  return (
    <span style={{ rotate: `${step / STEPS}turn` }}>
      <Icon of={shape} />
    </span>
  );
}
