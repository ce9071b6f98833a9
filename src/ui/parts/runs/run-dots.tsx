// Draws runs as dots: when they started, and how long they took. A drag over it zooms the range, a click opens a run. Failures
// are crosses, and lie on top. The list of runs below it is its table.

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import { numberText } from "#lib/text/words-of-numbers.ts";
import { durationText } from "#lib/text/words-of-time.ts";
import type { FlowRunPage } from "#wire/runs/flow-run-pages.ts";
import type { StateType } from "#wire/runs/states.ts";
import { to } from "../../data/base.ts";
import { now } from "../../data/clock.ts";
import { useQuery } from "../../data/query.ts";
import { look as colours } from "../../data/theme.ts";
import { chosenZone, clock, timeText } from "../../data/zone.ts";
import { A_DAY, durationScale, fittedStart, type Plot, type Scale, timeScale } from "./dot-scales.ts";
import { StateBadge, stateClass } from "./state-badge.tsx";

export type Dots = NonNullable<FlowRunPage["dots"]>;

export interface RunDotsProps {
  dots: Dots;
  /** Milliseconds; open where `undefined`: the dots' own then. */
  from: number | undefined;
  to: number | undefined;
  /** The range is a usual one, not one that was zoomed to: it begins later where all its runs are new. */
  isFitted: boolean;
  onZoom: (from: number, to: number) => void;
}

const HEIGHT = 148;
const MARGIN = { left: 52, right: 8, top: 8, bottom: 20 };
const DOT = 2.5;
/** Pixels around the pointer in which a dot is found. */
const NEAR = 8;
const LEAST_DRAG = 6;

interface Scales {
  plot: Plot;
  x: Scale;
  y: Scale;
}

export function RunDots({ dots, from: given, to: end, isFitted, onZoom }: RunDotsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [near, setNear] = useState<number>();
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  const { route } = useLocation();
  const isWhole = dots.left_out === 0;
  const from = useMemo(
    () => (isFitted && isWhole && given !== undefined && end !== undefined ? fittedStart(given, end, dots.at) : given),
    [dots, given, end, isFitted],
  );
  const look = `${colours.value} ${chosenZone.value}`;
  const scales = useMemo(
    () => (width > 0 ? scalesOf(dots, { from, to: end, width }) : undefined),
    [dots, from, end, width, chosenZone.value],
  );

  // Before the paint: the dots are drawn in the frame in which their place is laid out.
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    if (canvas.current?.parentElement) observer.observe(canvas.current.parentElement);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const draw = () => {
      if (canvas.current && scales) drawAll(canvas.current, dots, scales, width);
    };
    draw();
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return () => scheme.removeEventListener("change", draw);
  }, [scales, look]);

  const pointer = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const release = (event: PointerEvent) => {
    const id = near === undefined ? undefined : dots.ids[near];
    setDrag(undefined);
    if (drag && scales && Math.abs(drag.to - drag.from) >= LEAST_DRAG) {
      const [left, right] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
      onZoom(Math.floor(scales.x.value(left)), Math.ceil(scales.x.value(right)));
    } else if (id !== undefined && event.button === 0) route(to(pages.flowRun(id)));
  };
  const shown = dots.ids.length + dots.left_out;
  return (
    <figure
      class="run-dots"
      style={{ height: `${HEIGHT}px` }}
      onPointerMove={(event) => {
        const { x, y } = pointer(event);
        if (drag) setDrag({ ...drag, to: x });
        else setNear(scales && nearest(dots, scales, x, y));
      }}
      onPointerLeave={() => setNear(undefined)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: pointer(event).x, to: pointer(event).x });
      }}
      onPointerUp={release}
      onPointerCancel={() => setDrag(undefined)}
    >
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${numberText(shown)} runs by their start and duration. The list below has each of them.`}
      />
      {drag && Math.abs(drag.to - drag.from) >= LEAST_DRAG && (
        <div
          class="brush"
          style={{ left: `${Math.min(drag.from, drag.to)}px`, width: `${Math.abs(drag.to - drag.from)}px` }}
        />
      )}
      {near !== undefined && !drag && scales && (
        <HoverCard index={near} dots={dots} at={scales.x.at(dots.at[near] ?? 0)} width={width} />
      )}
      {dots.left_out > 0 && (
        <figcaption class="quiet small">
          {numberText(dots.ids.length)} of {numberText(shown)} runs are drawn
          {dots.failures_left_out === 0 ? ", all failures among them" : ""}
        </figcaption>
      )}
    </figure>
  );
}

function HoverCard({ index, dots, at, width }: { index: number; dots: Dots; at: number; width: number }) {
  const id = dots.ids[index] ?? "";
  const run = useQuery("readFlowRun", id ? { params: { id } } : null).data;
  const isRight = at > width / 2;
  return (
    <div class="hover-card" style={isRight ? { right: `${width - at + 12}px` } : { left: `${at + 12}px` }}>
      <StateBadge type={dots.states[index]} name={run?.state_name ?? null} />
      <b>{run?.name ?? "…"}</b>
      <span class="quiet">{timeText(dots.at[index] ?? 0, "short")}</span>
      <span class="quiet">{durationText(dots.seconds[index] ?? 0)}</span>
    </div>
  );
}

function nearest(dots: Dots, { x, y }: Scales, pointerX: number, pointerY: number): number | undefined {
  let found: number | undefined;
  let least = NEAR * NEAR;
  for (let index = 0; index < dots.ids.length; index += 1) {
    const across = x.at(dots.at[index] ?? 0) - pointerX;
    if (Math.abs(across) > NEAR) continue;
    const distance = across ** 2 + (y.at(dots.seconds[index] ?? 0) - pointerY) ** 2;
    if (distance <= least) [found, least] = [index, distance];
  }
  return found;
}

function scalesOf(
  dots: Dots,
  { from, to: end, width }: { from: number | undefined; to: number | undefined; width: number },
): Scales {
  const plot: Plot = {
    ...{ left: MARGIN.left, top: MARGIN.top, width: width - MARGIN.left - MARGIN.right },
    height: HEIGHT - MARGIN.top - MARGIN.bottom,
  };
  const first = from ?? dots.at.reduce((low, at) => Math.min(low, at), now() - A_DAY);
  const last = end ?? dots.at.reduce((high, at) => Math.max(high, at), now());
  const words = (millis: number, step: number) => timeText(millis, step < A_DAY ? "clockOrDay" : "dayOnly");
  const x = timeScale(first, last, plot, { words, clock: clock.peek() });
  return { plot, x, y: durationScale(dots.seconds, plot) };
}

function drawAll(canvas: HTMLCanvasElement, dots: Dots, scales: Scales, width: number): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${HEIGHT}px`;
  context.scale(ratio, ratio);
  drawGrid(context, scales, canvas);
  drawDots(context, dots, scales, canvas);
}

function drawGrid(context: CanvasRenderingContext2D, { plot, x, y }: Scales, canvas: HTMLElement): void {
  const style = getComputedStyle(canvas);
  context.font = `${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.strokeStyle = style.borderTopColor;
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const line = (fromX: number, fromY: number, toX: number, toY: number) => {
    context.beginPath();
    context.moveTo(Math.round(fromX) + 0.5, Math.round(fromY) + 0.5);
    context.lineTo(Math.round(toX) + 0.5, Math.round(toY) + 0.5);
    context.stroke();
  };
  for (const { at, text } of y.ticks) {
    line(plot.left, at, plot.left + plot.width, at);
    context.fillText(text, plot.left - 8, at);
  }
  line(plot.left, plot.top + plot.height, plot.left + plot.width, plot.top + plot.height);
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const { at, text } of x.ticks) {
    const half = context.measureText(text).width / 2;
    if (at - half < plot.left || at + half > plot.left + plot.width) continue;
    context.fillText(text, at, plot.top + plot.height + 6);
  }
}

const CROSSES: ReadonlySet<StateType> = new Set<StateType>(["FAILED", "CRASHED"]);

/** Of one state at once, and failures last: a colour is set ten times and not a thousand. */
function drawDots(context: CanvasRenderingContext2D, dots: Dots, { x, y }: Scales, canvas: HTMLElement): void {
  const states = [...new Set(dots.states)].sort((a, b) => Number(CROSSES.has(a)) - Number(CROSSES.has(b)));
  const colours = coloursOf(states, canvas);
  for (const [number, state] of states.entries()) {
    const colour = colours[number] ?? "";
    context.fillStyle = colour;
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.globalAlpha = CROSSES.has(state) ? 1 : 0.55;
    context.beginPath();
    for (let index = 0; index < dots.ids.length; index += 1) {
      if (dots.states[index] !== state) continue;
      const [left, top] = [x.at(dots.at[index] ?? 0), y.at(dots.seconds[index] ?? 0)];
      if (CROSSES.has(state)) {
        context.moveTo(left - 3, top - 3);
        context.lineTo(left + 3, top + 3);
        context.moveTo(left + 3, top - 3);
        context.lineTo(left - 3, top + 3);
      } else {
        context.moveTo(left + DOT, top);
        context.arc(left, top, DOT, 0, 2 * Math.PI);
      }
    }
    if (CROSSES.has(state)) context.stroke();
    else context.fill();
  }
  context.globalAlpha = 1;
}

/** As the style sheet has them, in the theme of the moment. All are put into the page together, so that it is styled once. */
function coloursOf(states: readonly StateType[], beside: HTMLElement): string[] {
  const samples = states.map((state) => {
    const sample = document.createElement("span");
    sample.className = `state ${stateClass(state)}`;
    return sample;
  });
  beside.after(...samples);
  const colours = samples.map((sample) => getComputedStyle(sample).color);
  for (const sample of samples) sample.remove();
  return colours;
}
