// Asks before a link leads away from a form with unsaved input, so that a click beside the form loses nothing.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import { confirm } from "./confirm.tsx";

/** A link inside the form, such as Cancel, is meant: it is not asked about. `form` stays the same element. */
export function useUnsaved(form: RefObject<HTMLFormElement>): void {
  const { route } = useLocation();
  const hasInput = useRef(false);
  useLayoutEffect(() => {
    const own = form.current;
    const onInput = () => {
      hasInput.current = true;
    };
    const onClick = async (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (!hasInput.current || !link || own?.contains(link) || leavesPageOpen(event, link)) return;
      event.preventDefault();
      event.stopPropagation(); // the router would follow the link
      const isSure = await confirm({
        title: "Leave this page?",
        body: "What was typed into the form is not saved.",
        ...{ action: "Leave", keep: "Stay" },
      });
      if (isSure) route(link.href.slice(location.origin.length));
    };
    own?.addEventListener("input", onInput);
    document.addEventListener("click", onClick, { capture: true });
    return () => {
      own?.removeEventListener("input", onInput);
      document.removeEventListener("click", onClick, { capture: true });
    };
  }, [route]);
}

/** It opens in another tab, or is a part of this page. */
function leavesPageOpen(event: MouseEvent, link: HTMLAnchorElement): boolean {
  const isOtherTab = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || link.target !== "";
  return isOtherTab || link.origin !== location.origin || link.pathname === location.pathname;
}
