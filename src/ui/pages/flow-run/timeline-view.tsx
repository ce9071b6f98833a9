// Shows the task runs of a run over time, with what depended on what. It zooms and pans; the one that is chosen is in the address.
import { Maximize2, Minus, Plus, Scan } from "lucide-preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { pages } from "#lib/text/page-addresses.ts";
import { numberText } from "#lib/text/words-of-numbers.ts";
import { durationText } from "#lib/text/words-of-time.ts";
import type { Timeline } from "#wire/runs/timelines.ts";
import { to } from "../../data/base.ts";
import { second } from "../../data/clock.ts";
import type { Query } from "../../data/query.ts";
import { remembered } from "../../data/storage.ts";
import { look } from "../../data/theme.ts";
import { Button } from "../../parts/button.tsx";
import { ResizeHandle, sizeOf } from "../../parts/resize-handle.tsx";
import { StateBadge } from "../../parts/runs/state-badge.tsx";
import { useAddress } from "../../parts/use-address.ts";
import { AXIS, barAt, draw, LANE, type View } from "./timeline-canvas.ts";
import { layOut } from "./timeline-layout.ts";

/** More task runs than these are drawn when they are asked for. */
const DRAWN_AT_ONCE = 2_500;
const LEAST_HEIGHT = 96;
const MOST_HEIGHT = 300;
const ZOOM = 1.25;

const chosenHeight = remembered("timeline-height");

export function TimelineView({ timeline }: { timeline: Query<Timeline> }) {
  const { data } = timeline;
  const [isAsked, setAsked] = useState(false);
  if (!data) return null;
  if (data.count > DRAWN_AT_ONCE && !isAsked) {
    return (
      <p class="line">
        <span class="quiet">{`This run has ${numberText(data.count)} task runs.`}</span>
        <Button isSmall onClick={() => setAsked(true)}>
          Draw the timeline
        </Button>
      </p>
    );
  }
  return <Drawing timeline={data} />;
}

function Drawing({ timeline }: { timeline: Timeline }) {
  const address = useAddress();
  const chosen = address.one("node");
  const isFailedOnly = address.one("failed") === "yes";
  const isWaterfall = address.one("layout") === "waterfall";
  const hasArrows = address.one("arrows") !== "no";
  const isRunning = timeline.task_runs.state_types.some((type) => type === "RUNNING");
  const now = isRunning ? second.value : 0;
  const bars = useMemo(
    () => layOut(timeline, { isWaterfall, isFailedOnly, now }),
    [timeline, isWaterfall, isFailedOnly, now],
  );
  const figure = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<number>();
  const [zoomed, setZoomed] = useState<View>();
  const whole: View = { from: bars.from, until: bars.until + (bars.until - bars.from) * 0.02, top: 0 };
  const view = zoomed ?? whole;
  const scene = {
    timeline,
    bars,
    view,
    hasArrows,
    chosen,
    hovered: hovered === undefined ? undefined : timeline.task_runs.ids[hovered],
  };
  const latest = useRef(scene);
  latest.current = scene;

  useEffect(() => {
    const frame = requestAnimationFrame(() => canvas.current && draw(canvas.current, latest.current));
    return () => cancelAnimationFrame(frame);
  });
  useEffect(() => {
    const again = () => canvas.current && draw(canvas.current, latest.current);
    const size = new ResizeObserver(again);
    if (canvas.current) size.observe(canvas.current);
    const stopColours = look.subscribe(() => requestAnimationFrame(again));
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", again);
    return () => {
      size.disconnect();
      stopColours();
      system.removeEventListener("change", again);
    };
  }, []);

  const clamp = (next: View): View => {
    const height = canvas.current?.clientHeight ?? MOST_HEIGHT;
    const most = Math.max(0, bars.laneCount * LANE + AXIS - height);
    return { ...next, top: Math.max(0, Math.min(most, next.top)) };
  };
  const zoom = (factor: number, at = 0.5) => {
    const span = (view.until - view.from) / factor;
    const middle = view.from + (view.until - view.from) * at;
    setZoomed(clamp({ ...view, from: middle - span * at, until: middle + span * (1 - at) }));
  };
  const pan = (x: number, y: number) => {
    const shift = (x / (canvas.current?.clientWidth ?? 1)) * (view.until - view.from);
    setZoomed(clamp({ from: view.from - shift, until: view.until - shift, top: view.top - y }));
  };
  const pointer = usePointer(canvas, {
    pan,
    hover: (x, y) => setHovered(barAt(scene, x, y, canvas.current?.clientWidth ?? 1)),
    choose: (x, y) => {
      const at = barAt(scene, x, y, canvas.current?.clientWidth ?? 1);
      address.set({ node: at === undefined ? null : (timeline.task_runs.ids[at] ?? null) }, { isReplacing: true });
    },
  });
  useWheel(canvas, (event) => {
    const { left, width } = (canvas.current as HTMLCanvasElement).getBoundingClientRect(); // it has the wheel
    if (event.ctrlKey || event.metaKey) zoom(event.deltaY < 0 ? ZOOM : 1 / ZOOM, (event.clientX - left) / width);
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan(-(event.deltaX || event.deltaY), 0);
    else return false;
    return true;
  });

  const content = bars.laneCount * LANE + AXIS + 8;
  const usual = Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, content));
  const height = Math.max(LEAST_HEIGHT, Math.min(sizeOf(chosenHeight, usual), content));
  const onKeyDown = (event: KeyboardEvent) => {
    const acts: Record<string, () => void> = {
      "+": () => zoom(ZOOM),
      "-": () => zoom(1 / ZOOM),
      "0": () => setZoomed(undefined),
      ArrowLeft: () => pan(60, 0),
      ArrowRight: () => pan(-60, 0),
      ArrowUp: () => pan(0, 60),
      ArrowDown: () => pan(0, -60),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const failures = timeline.states.reduce(
    (sum, { state_type, count }) => sum + (state_type === "FAILED" || state_type === "CRASHED" ? count : 0),
    0,
  );
  const toggle = (name: string, isOn: boolean, value: string) =>
    address.set({ [name]: isOn ? null : value }, { isReplacing: true });
  return (
    <figure class="timeline" ref={figure} aria-label="Timeline of the task runs">
      <figcaption class="line">
        <Toggle isOn={isFailedOnly} onChange={() => toggle("failed", isFailedOnly, "yes")}>
          {`Failed only (${failures})`}
        </Toggle>
        <Toggle isOn={isWaterfall} onChange={() => toggle("layout", isWaterfall, "waterfall")}>
          A row each
        </Toggle>
        <Toggle isOn={hasArrows} onChange={() => toggle("arrows", !hasArrows, "no")}>
          Arrows
        </Toggle>
        <span class="push line">
          {timeline.left_out > 0 && <span class="quiet small">{`${numberText(timeline.left_out)} left out`}</span>}
          <Button isSmall kind="plain" icon={Minus} label="Zoom out" onClick={() => zoom(1 / ZOOM)} />
          <Button isSmall kind="plain" icon={Plus} label="Zoom in" onClick={() => zoom(ZOOM)} />
          <Button isSmall kind="plain" icon={Scan} label="Show all" onClick={() => setZoomed(undefined)} />
          <Button
            isSmall
            kind="plain"
            icon={Maximize2}
            label="Full screen"
            onClick={() => fullScreen(figure.current)}
          />
        </span>
      </figcaption>
      <div class="with-panel">
        <div class="drawing" style={{ "--drawing": `${height}px` }}>
          <canvas
            ref={canvas}
            tabIndex={0}
            role="img"
            aria-label={`${timeline.count} task runs over time. The tab Task runs lists them. Keys: plus and minus zoom, arrows move.`}
            {...pointer}
            {...{ onKeyDown }}
            onDblClick={() => setZoomed(undefined)}
          />
        </div>
        <Chosen {...{ timeline, chosen }} />
      </div>
      {content > LEAST_HEIGHT && (
        <ResizeHandle
          {...{ size: chosenHeight, usual, least: LEAST_HEIGHT, most: content }}
          edge="bottom"
          label="Height of the timeline"
        />
      )}
    </figure>
  );
}

function Toggle({ isOn, onChange, children }: { isOn: boolean; onChange: () => void; children: string }) {
  return (
    <label class="line small">
      <input type="checkbox" checked={isOn} onChange={onChange} />
      {children}
    </label>
  );
}

/** What is chosen, in words. */
function Chosen({ timeline: { task_runs: columns }, chosen }: { timeline: Timeline; chosen: string | undefined }) {
  const at = chosen === undefined ? -1 : columns.ids.indexOf(chosen);
  if (at < 0 || chosen === undefined) return null;
  const [start, end, subflow] = [columns.starts[at], columns.ends[at], columns.subflows[at]];
  return (
    <aside class="chosen" aria-label="The chosen task run">
      <a class="main-link" href={to(pages.taskRun(chosen))}>
        {columns.names[at]}
      </a>
      <StateBadge type={columns.state_types[at]} name={columns.state_names[at]} />
      {start && end ? <span>{durationText((end - start) / 1000)}</span> : null}
      {(columns.run_counts[at] ?? 0) > 1 && <span class="quiet">{`${columns.run_counts[at]} tries`}</span>}
      {subflow && (
        <a class="link" href={to(pages.flowRun(subflow))}>
          Its flow run
        </a>
      )}
    </aside>
  );
}

function fullScreen(element: HTMLElement | null): void {
  if (document.fullscreenElement) document.exitFullscreen();
  else element?.requestFullscreen?.();
}

interface PointerActs {
  pan: (x: number, y: number) => void;
  hover: (x: number, y: number) => void;
  choose: (x: number, y: number) => void;
}

const CLICK_PIXELS = 4;

function usePointer(canvas: { current: HTMLCanvasElement | null }, { pan, hover, choose }: PointerActs) {
  const held = useRef<{ x: number; y: number; moved: number }>();
  const place = (event: PointerEvent) => {
    const { left, top } = (canvas.current as HTMLCanvasElement).getBoundingClientRect(); // it has the pointer
    return [event.clientX - left, event.clientY - top] as const;
  };
  return {
    onPointerDown(event: PointerEvent) {
      held.current = { x: event.clientX, y: event.clientY, moved: 0 };
      canvas.current?.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent) {
      if (!held.current) return hover(...place(event));
      const [x, y] = [event.clientX - held.current.x, event.clientY - held.current.y];
      held.current = { x: event.clientX, y: event.clientY, moved: held.current.moved + Math.abs(x) + Math.abs(y) };
      if (held.current.moved > CLICK_PIXELS) pan(x, y);
    },
    onPointerUp(event: PointerEvent) {
      if (held.current && held.current.moved <= CLICK_PIXELS) choose(...place(event));
      held.current = undefined;
    },
    onPointerCancel() {
      held.current = undefined;
    },
    onPointerLeave: () => hover(-1, -1),
  };
}

/** `handle` returns whether the wheel was its own: else the page scrolls. */
function useWheel(canvas: { current: HTMLCanvasElement | null }, handle: (event: WheelEvent) => boolean): void {
  const latest = useRef(handle);
  latest.current = handle;
  useEffect(() => {
    const onWheel = (event: WheelEvent) => latest.current(event) && event.preventDefault();
    canvas.current?.addEventListener("wheel", onWheel, { passive: false });
    return () => canvas.current?.removeEventListener("wheel", onWheel);
  }, []);
}
