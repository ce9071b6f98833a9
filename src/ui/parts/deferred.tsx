// Loads a component when it is first drawn, outside of the router: a dialog, an editor. Until then there is nothing.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

export function deferred<Props>(load: () => Promise<{ default: ComponentType<Props> }>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Deferred(props: Props) {
    const [Shown, setShown] = useState(() => loaded);
    useEffect(() => {
      if (Shown) return;
      load().then((module) => {
        loaded = module.default;
        setShown(() => module.default);
      });
    }, [Shown]);
    return Shown ? <Shown {...(props as Props & {})} /> : null;
  };
}
