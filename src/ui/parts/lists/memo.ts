// Keeps what a component has drawn while it is given the same: a row of a list that is live is drawn again when it has changed.
import { type Component, createElement, type FunctionComponent } from "preact";

type Properties = Record<string, unknown>;

/** The component, drawn again only for other properties, or when a signal that it reads itself changes. */
export function memo<Inner extends (props: never) => unknown>(inner: Inner): Inner {
  function Kept(this: Component<Properties>, props: Properties) {
    this.shouldComponentUpdate = (next) => isOther(this.props as Properties, next as Properties); // as they were given
    return createElement(inner as unknown as FunctionComponent<Properties>, props); // any component is one
  }
  return Kept as unknown as Inner; // takes and draws the same
}

function isOther(before: Properties, now: Properties): boolean {
  const names = Object.keys(now);
  return names.length !== Object.keys(before).length || names.some((name) => before[name] !== now[name]);
}
