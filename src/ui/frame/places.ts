// Lists the places of the rail, which the palette and the keys `g …` know as well.
import {
  Bell,
  Blocks,
  CirclePlay,
  Gauge,
  type LucideIcon,
  Package,
  Rocket,
  Server,
  Settings,
  Variable,
  Workflow,
} from "lucide-preact";
import { pages } from "#lib/text/page-addresses.ts";
import { to } from "../data/base.ts";

export interface Place {
  title: string;
  page: string;
  icon: LucideIcon;
  /** After `g`. */
  key: string;
  /** Another page that belongs here. */
  also?: string;
}

export const PLACES: readonly Place[] = [
  { title: "Runs", page: pages.runs(), icon: CirclePlay, key: "r" },
  { title: "Deployments", page: pages.deployments(), icon: Rocket, key: "d" },
  { title: "Flows", page: pages.flows(), icon: Workflow, key: "f" },
  { title: "Work pools", page: pages.workPools(), icon: Server, key: "p", also: pages.workQueues() },
  { title: "Blocks", page: pages.blocks(), icon: Blocks, key: "b" },
  { title: "Variables", page: pages.variables(), icon: Variable, key: "v" },
  { title: "Notifications", page: pages.notifications(), icon: Bell, key: "n" },
  { title: "Concurrency", page: pages.concurrencyLimits(), icon: Gauge, key: "c" },
  { title: "Artifacts", page: pages.artifacts(), icon: Package, key: "a" },
  { title: "Settings", page: pages.settings(), icon: Settings, key: "s" },
];

/** The place that the page of this path belongs to. */
export function placeOf(path: string): Place | undefined {
  return PLACES.find(({ page, also }) =>
    [page, also ?? page].some((at) => path === to(at) || path.startsWith(`${to(at)}/`)),
  );
}
