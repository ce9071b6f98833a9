// Gives components the address they are drawn at.
import { useMemo } from "preact/hooks";
import { useLocation } from "preact-iso";
import { type Address, addressFrom } from "./address.ts";

export function useAddress(): Address {
  const { url, route } = useLocation();
  return useMemo(() => addressFrom(url, route), [url, route]);
}
