// Draws the timeline of a run onto a canvas: bars in the colours of their states, arrows from what a task run took its input.
import { durationText } from "#lib/text/words-of-time.ts";
import type { Timeline } from "#wire/runs/timelines.ts";
import { stateClass } from "../../parts/runs/state-badge.tsx";
import type { Bars } from "./timeline-layout.ts";

export interface View {
  /** Milliseconds at the left and right edge. */
  from: number;
  until: number;
  /** Pixels that are scrolled away above. */
  top: number;
}

export interface Scene {
  timeline: Timeline;
  bars: Bars;
  view: View;
  hasArrows: boolean;
  /** The id of the task run that is chosen, and of the one below the pointer. */
  chosen: string | undefined;
  hovered: string | undefined;
}

export const LANE = 24;
export const AXIS = 22;
const BAR = 18;
const LEAST_WIDTH = 2;
const TEXT_FROM = 46;
/** Arrows that are drawn at once: more say nothing. */
const MOST_ARROWS = 4_000;
const TICKS = 6;

export function draw(canvas: HTMLCanvasElement, scene: Scene): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = fit(canvas, context);
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name);
  context.clearRect(0, 0, width, height);
  context.font = `12px ${style.fontFamily}`;
  context.textBaseline = "middle";
  drawAxis(context, scene, { width, height, line: colour("--line"), text: colour("--quiet") });
  context.save();
  context.beginPath();
  context.rect(0, AXIS, width, height - AXIS);
  context.clip();
  if (scene.hasArrows)
    drawArrows(context, scene, { width, height, line: colour("--control-line"), strong: colour("--accent") });
  drawBars(context, scene, { width, height, colour });
  context.restore();
}

/** The canvas has as many pixels as the screen. */
function fit(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): { width: number; height: number } {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { width, height };
}

export function xOf(time: number, { from, until }: View, width: number): number {
  return ((time - from) / (until - from)) * width;
}

interface Paper {
  width: number;
  height: number;
}

function drawAxis(
  context: CanvasRenderingContext2D,
  { view, bars }: Scene,
  { width, height, line, text }: Paper & { line: string; text: string },
) {
  const step = niceStep((view.until - view.from) / TICKS);
  context.strokeStyle = line;
  context.fillStyle = text;
  context.lineWidth = 1;
  const first = Math.ceil((view.from - bars.from) / step) * step;
  for (let after = first; bars.from + after <= view.until; after += step) {
    const x = Math.round(xOf(bars.from + after, view, width)) + 0.5;
    context.beginPath();
    context.moveTo(x, AXIS);
    context.lineTo(x, height);
    context.stroke();
    const words = after === 0 ? "0" : `+${durationText(after / 1000)}`;
    if (x + 4 + context.measureText(words).width <= width) context.fillText(words, x + 4, AXIS / 2);
  }
}

function niceStep(least: number): number {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500].concat(
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400].map((seconds) => seconds * 1000),
  );
  return steps.find((step) => step >= least) ?? Math.ceil(least / 86_400_000) * 86_400_000;
}

function drawBars(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { width, height, colour }: Paper & { colour: (name: string) => string },
) {
  const { bars, view, timeline, chosen, hovered } = scene;
  const columns = timeline.task_runs;
  const colours = new Map<string, string>();
  const accent = colour("--accent");
  const ground = colour("--ground");
  for (const at of bars.drawn) {
    const y = AXIS + (bars.lanes[at] ?? 0) * LANE - view.top + (LANE - BAR) / 2;
    if (y + BAR < AXIS || y > height) continue;
    const x = xOf(bars.starts[at] ?? 0, view, width);
    const end = xOf(bars.ends[at] ?? 0, view, width);
    if (end < 0 || x > width) continue;
    const kind = stateClass(columns.state_types[at], columns.state_names[at]).replace("state-", "--");
    const fill = colours.get(kind) ?? colour(kind);
    colours.set(kind, fill);
    const wide = Math.max(LEAST_WIDTH, end - x);
    const id = columns.ids[at];
    context.globalAlpha = hovered === id || chosen === id ? 1 : 0.85;
    context.fillStyle = fill;
    context.fillRect(x, y, wide, BAR);
    context.globalAlpha = 1;
    if (chosen === id || hovered === id) {
      context.strokeStyle = accent;
      context.lineWidth = 2;
      context.strokeRect(x - 1, y - 1, wide + 2, BAR + 2);
    }
    context.fillStyle = ground;
    drawName(context, columns.names[at] ?? "", { x: Math.max(0, x), y: y + BAR / 2, until: end });
  }
}

/** Inside the bar, from `x` to `until`, where there is room. */
function drawName(
  context: CanvasRenderingContext2D,
  name: string,
  { x, y, until }: { x: number; y: number; until: number },
): void {
  const wide = until - x;
  if (wide < TEXT_FROM) return;
  const letters = Math.floor((wide - 12) / 6.5);
  context.fillText(name.length > letters ? `${name.slice(0, Math.max(1, letters - 1))}…` : name, x + 6, y);
}

function drawArrows(
  context: CanvasRenderingContext2D,
  { bars, view, timeline, chosen, hovered }: Scene,
  { width, height, line, strong }: Paper & { line: string; strong: string },
) {
  const columns = timeline.task_runs;
  const numberOf = new Map(columns.places.map((place, at) => [place, at]));
  // One stroke for all of a kind: a stroke each is what takes time.
  const [weak, marked] = [new Path2D(), new Path2D()];
  let left = MOST_ARROWS;
  for (const at of bars.drawn) {
    for (const place of columns.inputs[at] ?? []) {
      const source = numberOf.get(place);
      if (source === undefined || (bars.lanes[source] ?? -1) < 0 || left <= 0) continue;
      const [x1, x2] = [xOf(bars.ends[source] ?? 0, view, width), xOf(bars.starts[at] ?? 0, view, width)];
      const [y1, y2] = [middle(bars, source, view), middle(bars, at, view)];
      if (Math.max(x1, x2) < 0 || Math.min(x1, x2) > width || Math.max(y1, y2) < AXIS || Math.min(y1, y2) > height)
        continue;
      left -= 1;
      const isMarked = [columns.ids[at], columns.ids[source]].some(
        (id) => id !== undefined && (id === chosen || id === hovered),
      );
      const path = isMarked ? marked : weak;
      const bend = Math.max(8, Math.abs(x2 - x1) / 2);
      path.moveTo(x1, y1);
      path.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
    }
  }
  context.globalAlpha = 0.5;
  context.strokeStyle = line;
  context.lineWidth = 1;
  context.stroke(weak);
  context.globalAlpha = 1;
  context.strokeStyle = strong;
  context.lineWidth = 1.5;
  context.stroke(marked);
}

function middle(bars: Bars, at: number, view: View): number {
  return AXIS + (bars.lanes[at] ?? 0) * LANE - view.top + LANE / 2;
}

/** The number of the task run at a point of the canvas. */
export function barAt(
  { bars, view }: Pick<Scene, "bars" | "view">,
  x: number,
  y: number,
  width: number,
): number | undefined {
  if (y < AXIS) return undefined;
  const lane = Math.floor((y - AXIS + view.top) / LANE);
  const time = view.from + (x / width) * (view.until - view.from);
  const near = ((view.until - view.from) / width) * 4;
  return bars.drawn.findLast(
    (at) => bars.lanes[at] === lane && (bars.starts[at] ?? 0) - near <= time && (bars.ends[at] ?? 0) + near >= time,
  );
}
