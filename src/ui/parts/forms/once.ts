// Wraps what a press does, so that of many rapid presses the first alone counts while it is under way.
import { useRef } from "preact/hooks";

/**
 * What does not end in a promise may be done again at once. What has led to another page is over: the old one may stay drawn
 * while the next loads.
 */
export function useOnce<Given extends unknown[]>(act: (...given: Given) => unknown): (...given: Given) => void {
  const isUnderWay = useRef(false);
  return (...given) => {
    if (isUnderWay.current) return;
    const { pathname } = location;
    const outcome = act(...given);
    if (!(outcome instanceof Promise)) return;
    isUnderWay.current = true;
    outcome.finally(() => {
      isUnderWay.current = location.pathname !== pathname;
    });
  };
}
