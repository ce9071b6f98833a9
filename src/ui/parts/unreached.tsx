// Stands for a page whose file could not be fetched: the server is away. The page is loaded again as soon as it is back.
import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { connection } from "../data/live.ts";
import { Button } from "./button.tsx";
import { PageHead } from "./page-head.tsx";

export function Unreached() {
  const wasCut = useRef(false); // that it is away may not have been noticed yet
  useSignalEffect(() => {
    if (!connection.value.isLive) wasCut.current = true;
    else if (wasCut.current) location.reload();
  });
  return (
    <>
      <PageHead title="Not loaded" />
      <div class="notice bad" role="alert">
        The server cannot be reached. This page is loaded when it answers again.
        <Button isSmall class="push" onClick={() => location.reload()}>
          Try again
        </Button>
      </div>
    </>
  );
}
